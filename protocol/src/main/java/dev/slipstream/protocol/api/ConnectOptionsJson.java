// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/** The JSON of {@link ConnectOptions}. */
final class ConnectOptionsJson {
  private ConnectOptionsJson() {}

  static boolean field(ConnectOptions.Builder b, String name, JsonReader in) {
    if (in.isNull()) {
      return true; // also verbose, pedantic and echo, whose defaults are true, stay as they are
    }
    switch (name) {
      case "verbose" -> b.verbose = in.bool();
      case "pedantic" -> b.pedantic = in.bool();
      case "tls_required" -> b.tlsRequired = in.bool();
      case "auth_token" -> b.authToken = in.string();
      case "user" -> b.user = in.string();
      case "pass" -> b.pass = in.string();
      case "name" -> b.name = in.string();
      case "lang" -> b.lang = in.string();
      case "version" -> b.version = in.string();
      case "protocol" -> b.protocol = in.intValue();
      case "echo" -> b.echo = in.bool();
      case "headers" -> b.headers = in.bool();
      case "no_responders" -> b.noResponders = in.bool();
      case "nkey" -> b.nkey = in.string();
      case "jwt" -> b.jwt = in.string();
      case "sig" -> b.sig = in.string();
      case "proxy_sig" -> b.proxySig = in.string();
      case "account" -> b.account = in.string();
      case "new_account" -> b.newAccount = in.bool();
      case "remote_account" -> b.remoteAccount = in.string();
      default -> {
        return false;
      }
    }
    return true;
  }

  static void write(ConnectOptions c, JsonWriter out) {
    out.field("verbose", c.verbose());
    out.field("pedantic", c.pedantic());
    out.field("tls_required", c.tlsRequired());
    out.fieldIf("auth_token", c.authToken());
    out.fieldIf("user", c.user());
    out.fieldIf("pass", c.pass());
    out.field("name", c.name());
    out.field("lang", c.lang());
    out.field("version", c.version());
    out.field("protocol", c.protocol());
    out.field("echo", c.echo());
    out.field("headers", c.headers());
    out.field("no_responders", c.noResponders());
    out.fieldIf("nkey", c.nkey());
    out.fieldIf("jwt", c.jwt());
    out.fieldIf("sig", c.sig());
    out.fieldIf("proxy_sig", c.proxySig());
    out.fieldIf("account", c.account());
    out.fieldIf("new_account", c.newAccount());
    out.fieldIf("remote_account", c.remoteAccount());
  }
}
