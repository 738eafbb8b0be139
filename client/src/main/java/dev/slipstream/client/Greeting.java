// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ConnectOptions;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;

/** What a client says of itself when it connects. */
final class Greeting {
  /** The version that the server shows for a connection. */
  static final String VERSION = "0.1.0";

  private Greeting() {}

  /** The credentials for a server. */
  static Auth auth(ClientOptions options, ServerAddress server) {
    return server.auth() instanceof Auth.None ? options.auth() : server.auth();
  }

  /** Whether {@link #connectOptions} may block or takes its time. */
  static boolean takesTime(Auth auth) {
    return !(auth instanceof Auth.None || auth instanceof Auth.User || auth instanceof Auth.Token);
  }

  /**
   * What to introduce oneself with.
   *
   * @param nonce what the server wants signed; empty when it takes no keys
   * @throws AuthException when there are no credentials to send
   */
  static ConnectOptions connectOptions(
      ClientOptions options, Auth auth, String nonce, boolean secure) {
    ConnectOptions.Builder greeting =
        ConnectOptions.builder()
            .verbose(false)
            .pedantic(false)
            .tlsRequired(secure)
            .name(options.name())
            .lang("java")
            .version(VERSION)
            .protocol(1)
            .echo(options.echo())
            .headers(true)
            .noResponders(true);
    Auth shown = auth instanceof Auth.Asked asked ? answer(asked, nonce) : auth;
    try {
      identify(greeting, shown, nonce);
    } catch (GeneralSecurityException e) {
      throw new AuthException("the nonce cannot be signed: " + e.getMessage(), e);
    }
    return greeting.build();
  }

  private static Auth answer(Auth.Asked asked, String nonce) {
    Auth answer;
    try {
      answer = asked.callback().answer(nonce.getBytes(StandardCharsets.US_ASCII));
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new AuthException("the callback for credentials failed: " + e, e);
    }
    if (answer == null || answer instanceof Auth.Asked) {
      throw new AuthException("the callback for credentials gave none");
    }
    return answer;
  }

  private static void identify(ConnectOptions.Builder greeting, Auth auth, String nonce)
      throws GeneralSecurityException {
    if (auth instanceof Auth.User user) {
      greeting.user(user.user()).pass(user.password());
    } else if (auth instanceof Auth.Token token) {
      greeting.authToken(token.token());
    } else if (auth instanceof Auth.Nkey nkey) {
      NkeySeed seed = NkeySeed.parse(nkey.seed());
      greeting.nkey(seed.publicKey()).sig(signature(seed, nonce));
    } else if (auth instanceof Auth.Jwt jwt) {
      greeting.jwt(jwt.jwt()).sig(signature(NkeySeed.parse(jwt.seed()), nonce));
    } else if (auth instanceof Auth.Credentials credentials) {
      CredentialsFile file = CredentialsFile.read(credentials.file());
      greeting.jwt(file.jwt()).sig(signature(seedOf(credentials, file), nonce));
    } else if (auth instanceof Auth.Signed signed) {
      String sig = base64(signed.signature().bytes());
      greeting.nkey(signed.publicKey()).jwt(signed.jwt()).sig(sig);
    }
  }

  private static NkeySeed seedOf(Auth.Credentials credentials, CredentialsFile file) {
    try {
      return NkeySeed.parse(file.seed());
    } catch (IllegalArgumentException e) {
      throw new AuthException(
          "the credentials file " + credentials.file() + ": " + e.getMessage(), e);
    }
  }

  private static String signature(NkeySeed seed, String nonce) throws GeneralSecurityException {
    if (nonce.isEmpty()) {
      throw new AuthException("the server gave nothing to sign: it takes neither keys nor JWTs");
    }
    return base64(seed.sign(nonce.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
