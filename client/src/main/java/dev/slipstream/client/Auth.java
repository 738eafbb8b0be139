// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.Objects;

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
}
