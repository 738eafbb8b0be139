// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a client says who it is. Credentials in a server's URL win over it.
 *
 * <p>The texts are never shown: not by {@code toString}, not in events or exceptions.
 */
public sealed interface Auth {

  /** No credentials. */
  static Auth none() {
    return new None();
  }

  /** A user with a password. */
  static Auth user(String user, String password) {
    return new User(user, password);
  }

  /** A token. */
  static Auth token(String token) {
    return new Token(token);
  }

  /**
   * A key that the server knows, by its seed, a text that begins with {@code SU}.
   *
   * @throws IllegalArgumentException when the seed is none; the message says why and not what
   */
  static Auth nkey(String seed) {
    return new Nkey(seed);
  }

  /**
   * A user's JWT with the seed of the key that it names.
   *
   * @throws IllegalArgumentException when the seed is none; the message says why and not what
   */
  static Auth jwt(String jwt, String seed) {
    return new Jwt(jwt, seed);
  }

  /** A file with a JWT and a seed, read anew for each attempt to connect. */
  static Auth credentials(Path file) {
    return new Credentials(file);
  }

  /**
   * The signature of the server's nonce, made elsewhere; an answer for a {@link Callback}.
   *
   * @param publicKey the key that signed, {@code U...}; null where the JWT names it
   * @param jwt the JWT; null where the server knows the key
   * @param signature 64 bytes, Ed25519
   */
  static Auth signed(@Nullable String publicKey, @Nullable String jwt, byte[] signature) {
    return new Signed(
        publicKey == null ? "" : publicKey, jwt == null ? "" : jwt, new Signature(signature));
  }

  /** Asks for credentials for each attempt to connect, off the client's loop. */
  static Auth callback(Callback callback) {
    return new Asked(callback);
  }

  /** Gives credentials for one attempt to connect. */
  @FunctionalInterface
  interface Callback {
    /**
     * The credentials, not a callback again; may block, within the time for the attempt.
     *
     * @param nonce what the server wants signed; empty when it takes no keys
     * @throws Exception when there are none; the attempt then fails with an {@link AuthException}
     */
    Auth answer(byte[] nonce) throws Exception;
  }

  /** No credentials. */
  record None() implements Auth {}

  /** A user with a password. */
  record User(String user, String password) implements Auth {
    /** Refuses nulls. */
    public User {
      Objects.requireNonNull(user, "user");
      Objects.requireNonNull(password, "password");
    }

    @Override
    public String toString() {
      return "User[" + user + ", ***]";
    }
  }

  /** A token. */
  record Token(String token) implements Auth {
    /** Refuses null. */
    public Token {
      Objects.requireNonNull(token, "token");
    }

    @Override
    public String toString() {
      return "Token[***]";
    }
  }

  /** A key by its seed. */
  record Nkey(String seed) implements Auth {
    /** Refuses what is no seed. */
    public Nkey {
      NkeySeed.parse(seed);
    }

    @Override
    public String toString() {
      return "Nkey[***]";
    }
  }

  /** A JWT with the seed of its key. */
  record Jwt(String jwt, String seed) implements Auth {
    /** Refuses an empty JWT, and what is no seed. */
    public Jwt {
      if (jwt.isBlank()) {
        throw new IllegalArgumentException("the JWT is empty");
      }
      NkeySeed.parse(seed);
    }

    @Override
    public String toString() {
      return "Jwt[***]";
    }
  }

  /** A credentials file. */
  record Credentials(Path file) implements Auth {
    /** Refuses null. */
    public Credentials {
      Objects.requireNonNull(file, "file");
    }
  }

  /** A signature made elsewhere; empty texts for what is not sent. */
  record Signed(String publicKey, String jwt, Signature signature) implements Auth {
    @Override
    public String toString() {
      return "Signed[" + publicKey + ", ***]";
    }
  }

  /** Credentials that are asked for. */
  record Asked(Callback callback) implements Auth {
    /** Refuses null. */
    public Asked {
      Objects.requireNonNull(callback, "callback");
    }
  }

  /** The bytes of a signature; immutable. */
  final class Signature {
    private final byte[] bytes;

    Signature(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    byte[] bytes() {
      return bytes.clone();
    }
  }
}
