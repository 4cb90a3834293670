<?php
// Makes the calls that standard input lists as JSON, each as an integrator's PHP would; prints answers and faults as JSON.
// {"base64": "…"} stands for bytes. `fresh`: nonce and moment to sign with instead of new ones.
require __DIR__ . '/../../../docs/soap_client_example/pishkhan_counter.php';
ini_set('soap.wsdl_cache_enabled', '0');

$asked = json_decode(stream_get_contents(STDIN), true, flags: JSON_THROW_ON_ERROR);

final class Asked extends PishkhanCounter
{
    public static ?array $given = null;

    protected function fresh(): array
    {
        return self::$given ?? parent::fresh();
    }
}

function bytes(mixed $value): mixed
{
    if (!is_array($value)) {
        return $value;
    }
    return isset($value['base64']) ? base64_decode($value['base64']) : array_map('bytes', $value);
}

// Arrays and objects of an answer, with bytes as base64 again.
function plain(mixed $value, string $name = ''): mixed
{
    if (is_object($value) || is_array($value)) {
        $parts = [];
        foreach ($value as $key => $part) {
            $parts[$key] = plain($part, (string) $key);
        }
        return is_object($value) ? (object) $parts : $parts;
    }
    return $name === 'content' ? ['base64' => base64_encode($value)] : $value;
}

$counter = new Asked(
    $asked['address'],
    $asked['office'],
    $asked['clerk'],
    $asked['username'],
    $asked['key'],
    $asked['version'] === '1.2' ? SOAP_1_2 : SOAP_1_1,
);
Asked::$given = $asked['fresh'];
try {
    $told = ['answer' => plain($counter->call($asked['operation'], bytes($asked['values']), $asked['id']))];
} catch (SoapFault $fault) {
    $told = [
        'fault' => $fault->detail->CounterFault ?? null,
        'soap' => $fault->faultcode,
        'text' => $fault->getMessage(),
    ];
}
echo json_encode($told, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
