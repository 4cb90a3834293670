// A first call from C#: .NET Framework 4.5 and later, .NET, Mono. With Mono: mcs -r:System.Net.Http FirstCall.cs
using System;
using System.Linq;
using System.Net.Http;
using System.Security;
using System.Security.Cryptography;
using System.Text;

static class FirstCall
{
    const string Wss = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";

    static string Signed(string body, string username, string key)
    {
        byte[] nonce = new byte[16];
        using (var random = RandomNumberGenerator.Create()) random.GetBytes(nonce);
        string created = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        byte[] secret = Encoding.UTF8.GetBytes(created + key);
        string digest;
        using (var sha = SHA1.Create()) digest = Convert.ToBase64String(sha.ComputeHash(nonce.Concat(secret).ToArray()));
        return $@"<e:Envelope xmlns:e=""http://schemas.xmlsoap.org/soap/envelope/""><e:Header>
  <s:Security xmlns:s=""{Wss}wssecurity-secext-1.0.xsd"" xmlns:u=""{Wss}wssecurity-utility-1.0.xsd"">
    <s:UsernameToken><s:Username>{SecurityElement.Escape(username)}</s:Username>
    <s:Password Type=""{Wss}username-token-profile-1.0#PasswordDigest"">{digest}</s:Password>
    <s:Nonce>{Convert.ToBase64String(nonce)}</s:Nonce><u:Created>{created}</u:Created></s:UsernameToken>
  </s:Security></e:Header><e:Body>{body}</e:Body></e:Envelope>";
    }

    static int Main()
    {
        string address = Environment.GetEnvironmentVariable("PISHKHAN_SOAP") ?? "http://127.0.0.1:8080/soap/pishkhan";
        string ping = $@"<Ping xmlns=""urn:pishkhan:counter:1""><officeCode>1001</officeCode>
<clerkNationalCode>0499370899</clerkNationalCode><clientRequestId>{Guid.NewGuid()}</clientRequestId></Ping>";
        using (var client = new HttpClient())
        using (var content = new StringContent(
            Signed(ping, "office-1001", "demo-counter-key-1001"), Encoding.UTF8, "text/xml"))
        using (var answer = client.PostAsync(address, content).Result)
        {
            Console.OutputEncoding = new UTF8Encoding(false);
            Console.WriteLine(answer.Content.ReadAsStringAsync().Result);
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
    }
}
