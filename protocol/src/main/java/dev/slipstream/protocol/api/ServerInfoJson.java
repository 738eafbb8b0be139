// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/** The JSON of {@link ServerInfo}. */
final class ServerInfoJson {
  private ServerInfoJson() {}

  static boolean field(ServerInfo.Builder b, String name, JsonReader in) {
    switch (name) {
      case "server_id" -> b.serverId = in.string();
      case "server_name" -> b.serverName = in.string();
      case "version" -> b.version = in.string();
      case "proto" -> b.proto = in.intValue();
      case "git_commit" -> b.gitCommit = in.string();
      case "go" -> b.go = in.string();
      case "host" -> b.host = in.string();
      case "port" -> b.port = in.intValue();
      case "headers" -> b.headers = in.bool();
      case "auth_required" -> b.authRequired = in.bool();
      case "tls_required" -> b.tlsRequired = in.bool();
      case "tls_verify" -> b.tlsVerify = in.bool();
      case "tls_available" -> b.tlsAvailable = in.bool();
      case "max_payload" -> b.maxPayload = in.int32Value();
      case "jetstream" -> b.jetstream = in.bool();
      case "ip" -> b.ip = in.string();
      case "client_id" -> b.clientId = in.unsignedLong();
      case "client_ip" -> b.clientIp = in.string();
      case "nonce" -> b.nonce = in.string();
      case "cluster" -> b.cluster = in.string();
      case "cluster_dynamic" -> b.clusterDynamic = in.bool();
      case "domain" -> b.domain = in.string();
      case "connect_urls" -> b.connectUrls = in.strings();
      case "ws_connect_urls" -> b.wsConnectUrls = in.strings();
      case "ldm" -> b.lameDuckMode = in.bool();
      case "compression" -> b.compression = in.string();
      case "connect_info" -> b.connectInfo = in.bool();
      case "remote_account" -> b.remoteAccount = in.string();
      case "acc_is_sys" -> b.systemAccount = in.bool();
      case "api_lvl" -> b.apiLevel = in.intValue();
      case "xkey" -> b.xkey = in.string();
      default -> {
        return false;
      }
    }
    return true;
  }

  static void write(ServerInfo c, JsonWriter out) {
    out.field("server_id", c.serverId());
    out.field("server_name", c.serverName());
    out.field("version", c.version());
    out.field("proto", c.proto());
    out.fieldIf("git_commit", c.gitCommit());
    out.field("go", c.go());
    out.field("host", c.host());
    out.field("port", c.port());
    out.field("headers", c.headers());
    out.fieldIf("auth_required", c.authRequired());
    out.fieldIf("tls_required", c.tlsRequired());
    out.fieldIf("tls_verify", c.tlsVerify());
    out.fieldIf("tls_available", c.tlsAvailable());
    out.field("max_payload", c.maxPayload());
    out.fieldIf("jetstream", c.jetstream());
    out.fieldIf("ip", c.ip());
    out.unsignedFieldIf("client_id", c.clientId());
    out.fieldIf("client_ip", c.clientIp());
    out.fieldIf("nonce", c.nonce());
    out.fieldIf("cluster", c.cluster());
    out.fieldIf("cluster_dynamic", c.clusterDynamic());
    out.fieldIf("domain", c.domain());
    out.stringsFieldIf("connect_urls", c.connectUrls());
    out.stringsFieldIf("ws_connect_urls", c.wsConnectUrls());
    out.fieldIf("ldm", c.lameDuckMode());
    out.fieldIf("compression", c.compression());
    out.fieldIf("connect_info", c.connectInfo());
    out.fieldIf("remote_account", c.remoteAccount());
    out.fieldIf("acc_is_sys", c.systemAccount());
    out.fieldIf("api_lvl", c.apiLevel());
    out.fieldIf("xkey", c.xkey());
  }
}
