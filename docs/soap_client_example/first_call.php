<?php
// php first_call.php: is the line up, submit a request, see it, and meet a fault.
require __DIR__ . '/pishkhan_counter.php';

$counter = new PishkhanCounter(
    getenv('PISHKHAN_SOAP') ?: 'http://127.0.0.1:8080/soap/pishkhan',
    office: '1001',
    clerk: '0499370899',
    username: 'office-1001',
    key: 'demo-counter-key-1001',
);

echo 'office: ', $counter->call('Ping')->office, "\n";

$submitted = $counter->call('SubmitMachineryRequest', [
    'citizen' => ['fullName' => 'آنه محمدی', 'nationalCode' => '0499370899', 'mobile' => '09121234567'],
    'items' => ['item' => [['machine' => 'loader', 'hours' => 4]]],
    'date' => date('Y-m-d', strtotime('+3 days')),
    'start' => '08:00',
    'place' => 'خیابان امام جنب پارک',
]);
echo 'tracking code: ', $submitted->trackingCode, "\n";

$request = $counter->call('GetRequest', ['trackingCode' => $submitted->trackingCode]);
echo 'phase: ', $request->phase, ', steps: ', count($request->history->event), "\n";

try {
    $counter->call('GetRequest', ['trackingCode' => '123456789']);
} catch (SoapFault $fault) {
    $why = $fault->detail->CounterFault;
    echo 'fault: ', $why->code, ' ', $why->field, "\n";
}
