// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * What a client tells of itself in {@code CONNECT}.
 *
 * @param verbose whether every operation is answered with {@code +OK}
 * @param pedantic whether subjects are checked closely
 * @param tlsRequired whether the client wants TLS
 * @param authToken a token to show who it is
 * @param user a user name
 * @param pass the password of that user
 * @param name the name of the connection
 * @param lang the language of the client
 * @param version the version of the client
 * @param protocol 0, or 1 if it takes an INFO at any time
 * @param echo whether it gets its own messages
 * @param headers whether it takes headers
 * @param noResponders whether it is told that nobody listens
 * @param nkey its public key
 * @param jwt its token of the operator kind
 * @param sig its signature of the nonce, in base64
 * @param proxySig the signature of a proxy in between
 * @param account an account to enter; refused
 * @param newAccount whether that account is new; refused
 * @param remoteAccount the account of the other side; between servers
 */
public record ConnectOptions(
    boolean verbose,
    boolean pedantic,
    boolean tlsRequired,
    String authToken,
    String user,
    String pass,
    String name,
    String lang,
    String version,
    int protocol,
    boolean echo,
    boolean headers,
    boolean noResponders,
    String nkey,
    String jwt,
    String sig,
    String proxySig,
    String account,
    boolean newAccount,
    String remoteAccount) {
  /** What holds for a connection that has not sent a CONNECT. */
  public static final ConnectOptions DEFAULT = new Builder().build();

  /** Begins options with the values that hold before CONNECT. */
  public static Builder builder() {
    return new Builder();
  }

  /** Begins another one with the values of this one. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Reads another CONNECT of the same connection; what is absent stays as it was. */
  public ConnectOptions readAgain(JsonReader in) {
    Builder builder = toBuilder();
    in.object("ClientOpts", (field, value) -> ConnectOptionsJson.field(builder, field, value));
    return builder.build();
  }

  /** Reads a first CONNECT; what is absent is as in {@link #DEFAULT}. */
  public static ConnectOptions read(JsonReader in) {
    return DEFAULT.readAgain(in);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object();
    ConnectOptionsJson.write(this, out);
    out.end();
  }

  /** Builds options; each setter is named like the component it sets. */
  public static final class Builder {
    boolean verbose = true;
    boolean pedantic = true;
    boolean tlsRequired;
    String authToken = "";
    String user = "";
    String pass = "";
    String name = "";
    String lang = "";
    String version = "";
    int protocol;
    boolean echo = true;
    boolean headers;
    boolean noResponders;
    String nkey = "";
    String jwt = "";
    String sig = "";
    String proxySig = "";
    String account = "";
    boolean newAccount;
    String remoteAccount = "";

    Builder() {}

    private Builder(ConnectOptions from) {
      verbose = from.verbose;
      pedantic = from.pedantic;
      tlsRequired = from.tlsRequired;
      authToken = from.authToken;
      user = from.user;
      pass = from.pass;
      name = from.name;
      lang = from.lang;
      version = from.version;
      protocol = from.protocol;
      echo = from.echo;
      headers = from.headers;
      noResponders = from.noResponders;
      nkey = from.nkey;
      jwt = from.jwt;
      sig = from.sig;
      proxySig = from.proxySig;
      account = from.account;
      newAccount = from.newAccount;
      remoteAccount = from.remoteAccount;
    }

    public Builder verbose(boolean value) {
      verbose = value;
      return this;
    }

    public Builder pedantic(boolean value) {
      pedantic = value;
      return this;
    }

    public Builder tlsRequired(boolean value) {
      tlsRequired = value;
      return this;
    }

    public Builder authToken(String value) {
      authToken = value;
      return this;
    }

    public Builder user(String value) {
      user = value;
      return this;
    }

    public Builder pass(String value) {
      pass = value;
      return this;
    }

    public Builder name(String value) {
      name = value;
      return this;
    }

    public Builder lang(String value) {
      lang = value;
      return this;
    }

    public Builder version(String value) {
      version = value;
      return this;
    }

    public Builder protocol(int value) {
      protocol = value;
      return this;
    }

    public Builder echo(boolean value) {
      echo = value;
      return this;
    }

    public Builder headers(boolean value) {
      headers = value;
      return this;
    }

    public Builder noResponders(boolean value) {
      noResponders = value;
      return this;
    }

    public Builder nkey(String value) {
      nkey = value;
      return this;
    }

    public Builder jwt(String value) {
      jwt = value;
      return this;
    }

    public Builder sig(String value) {
      sig = value;
      return this;
    }

    public Builder proxySig(String value) {
      proxySig = value;
      return this;
    }

    public Builder account(String value) {
      account = value;
      return this;
    }

    public Builder newAccount(boolean value) {
      newAccount = value;
      return this;
    }

    public Builder remoteAccount(String value) {
      remoteAccount = value;
      return this;
    }

    public ConnectOptions build() {
      return new ConnectOptions(
          verbose,
          pedantic,
          tlsRequired,
          authToken,
          user,
          pass,
          name,
          lang,
          version,
          protocol,
          echo,
          headers,
          noResponders,
          nkey,
          jwt,
          sig,
          proxySig,
          account,
          newAccount,
          remoteAccount);
    }
  }
}
