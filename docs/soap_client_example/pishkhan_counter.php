<?php
// A counter office's client: each call names office and clerk, has an id of its own, and is signed.
class PishkhanCounter
{
    private const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';
    private SoapClient $soap;

    public function __construct(
        string $address,
        private string $office,
        private string $clerk,
        private string $username,
        private string $key,
        int $version = SOAP_1_1,
    ) {
        $this->soap = new SoapClient("$address?wsdl", [
            'location' => $address,
            'soap_version' => $version,
            'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
            'connection_timeout' => 10,
        ]);
    }

    // Repeat a call that got no answer with the same values and the same $id: it acts once.
    public function call(string $operation, array $values = [], ?string $id = null): object
    {
        $head = [
            'officeCode' => $this->office,
            'clerkNationalCode' => $this->clerk,
            'clientRequestId' => $id ?? bin2hex(random_bytes(16)),
        ];
        return $this->soap->__soapCall($operation, [$head + $values], null, $this->signature());
    }

    private function signature(): SoapHeader
    {
        [$nonce, $created] = $this->fresh();
        $digest = base64_encode(sha1($nonce . $created . $this->key, true));
        $nonce = base64_encode($nonce);
        $user = htmlspecialchars($this->username, ENT_XML1);
        $wss = self::WSS;
        $xml = <<<XML
            <s:Security xmlns:s="{$wss}wssecurity-secext-1.0.xsd" xmlns:u="{$wss}wssecurity-utility-1.0.xsd">
              <s:UsernameToken>
                <s:Username>$user</s:Username>
                <s:Password Type="{$wss}username-token-profile-1.0#PasswordDigest">$digest</s:Password>
                <s:Nonce EncodingType="{$wss}soap-message-security-1.0#Base64Binary">$nonce</s:Nonce>
                <u:Created>$created</u:Created>
              </s:UsernameToken>
            </s:Security>
            XML;
        return new SoapHeader(self::WSS . 'wssecurity-secext-1.0.xsd', 'Security', new SoapVar($xml, XSD_ANYXML), true);
    }

    // Sixteen random bytes and the moment in UTC: never the same twice.
    protected function fresh(): array
    {
        return [random_bytes(16), gmdate('Y-m-d\TH:i:s\Z')];
    }
}
