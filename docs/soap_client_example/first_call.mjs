// A first call from Node (npm install soap): node first_call.mjs
import { randomUUID } from 'node:crypto';
import soap from 'soap';

const address = process.env.PISHKHAN_SOAP ?? 'http://127.0.0.1:8080/soap/pishkhan';
const client = await soap.createClientAsync(`${address}?wsdl`, { endpoint: address });
client.setSecurity(new soap.WSSecurity('office-1001', 'demo-counter-key-1001', {
  passwordType: 'PasswordDigest', hasNonce: true, hasTokenCreated: true, hasTimeStamp: false,
}));
const head = () => ({ officeCode: '1001', clerkNationalCode: '0499370899', clientRequestId: randomUUID() });

const [pong] = await client.PingAsync(head());
console.log('office:', pong.office);

try {
  await client.GetRequestAsync({ ...head(), trackingCode: '123456789' });
} catch (error) {
  const why = error.root.Envelope.Body.Fault.detail.CounterFault;
  console.log('fault:', why.code, why.field);
}
