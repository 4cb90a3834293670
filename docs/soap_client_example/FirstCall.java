// A first call from Java 17 without a library: java FirstCall.java
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

import static java.nio.charset.StandardCharsets.UTF_8;

public class FirstCall {
    static final String WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";

    public static void main(String[] arguments) throws Exception {
        String address = System.getenv().getOrDefault("PISHKHAN_SOAP", "http://127.0.0.1:8080/soap/pishkhan");
        String body = """
            <Ping xmlns="urn:pishkhan:counter:1"><officeCode>1001</officeCode>
            <clerkNationalCode>0499370899</clerkNationalCode><clientRequestId>%s</clientRequestId></Ping>
            """.formatted(UUID.randomUUID());
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", "text/xml; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(signed(body, "office-1001", "demo-counter-key-1001"), UTF_8))
            .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        System.out.println(answer.statusCode() + " " + answer.body());
    }

    static String signed(String body, String username, String key) throws Exception {
        byte[] nonce = new byte[16];
        new SecureRandom().nextBytes(nonce);
        String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        sha1.update(nonce);
        sha1.update((created + key).getBytes(UTF_8));
        Base64.Encoder base64 = Base64.getEncoder();
        return """
            <e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header>
            <s:Security xmlns:s="%1$swssecurity-secext-1.0.xsd" xmlns:u="%1$swssecurity-utility-1.0.xsd">
            <s:UsernameToken><s:Username>%2$s</s:Username>
            <s:Password Type="%1$susername-token-profile-1.0#PasswordDigest">%3$s</s:Password>
            <s:Nonce>%4$s</s:Nonce><u:Created>%5$s</u:Created></s:UsernameToken></s:Security></e:Header>
            <e:Body>%6$s</e:Body></e:Envelope>
            """.formatted(WSS, username, base64.encodeToString(sha1.digest()), base64.encodeToString(nonce), created, body);
    }
}
