#!/usr/bin/env bash
# first_call.sh (curl, openssl): is the line up. The digest is Base64(SHA-1(nonce + created + key)).
set -euo pipefail

address=${PISHKHAN_SOAP:-http://127.0.0.1:8080/soap/pishkhan}
key=demo-counter-key-1001
wss=http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss

nonce=$(openssl rand -hex 8) # sixteen characters, which are the bytes
created=$(date -u +%Y-%m-%dT%H:%M:%SZ)
digest=$(printf '%s' "$nonce$created$key" | openssl dgst -sha1 -binary | openssl base64)

curl --silent --show-error --header 'Content-Type: text/xml; charset=utf-8' --data-binary @- "$address" <<XML
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Header>
    <s:Security xmlns:s="$wss-wssecurity-secext-1.0.xsd" xmlns:u="$wss-wssecurity-utility-1.0.xsd">
      <s:UsernameToken>
        <s:Username>office-1001</s:Username>
        <s:Password Type="$wss-username-token-profile-1.0#PasswordDigest">$digest</s:Password>
        <s:Nonce>$(printf '%s' "$nonce" | openssl base64)</s:Nonce>
        <u:Created>$created</u:Created>
      </s:UsernameToken>
    </s:Security>
  </soap:Header>
  <soap:Body>
    <Ping xmlns="urn:pishkhan:counter:1">
      <officeCode>1001</officeCode>
      <clerkNationalCode>0499370899</clerkNationalCode>
      <clientRequestId>$(openssl rand -hex 16)</clientRequestId>
    </Ping>
  </soap:Body>
</soap:Envelope>
XML
