// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.List;

/**
 * What a server tells of itself and of the connection in {@code INFO}.
 *
 * @param serverId the id of the running server
 * @param serverName its name
 * @param version the version whose features it has
 * @param proto the version of the protocol
 * @param gitCommit the build
 * @param go the runtime
 * @param host the address it listens on
 * @param port the port it listens on
 * @param headers whether it takes headers
 * @param authRequired whether clients have to show who they are
 * @param tlsRequired whether the connection has to be upgraded to TLS
 * @param tlsVerify whether clients need a certificate
 * @param tlsAvailable whether the connection may be upgraded to TLS
 * @param maxPayload how large a message may be, in bytes
 * @param jetstream whether JetStream is on
 * @param ip the address for others
 * @param clientId the number of the connection
 * @param clientIp the address of the client as the server sees it
 * @param nonce what a client with a key has to sign
 * @param cluster the name of the cluster
 * @param clusterDynamic whether that name is made up
 * @param domain the JetStream domain
 * @param connectUrls addresses of all servers
 * @param wsConnectUrls addresses of all servers for WebSocket
 * @param lameDuckMode whether it is about to stop
 * @param compression how the connection is compressed; between servers
 * @param connectInfo whether this answers a connect
 * @param remoteAccount the account of the client
 * @param systemAccount whether that is the system account
 * @param apiLevel the level of the JetStream API
 * @param xkey the key for sealed requests
 */
public record ServerInfo(
    String serverId,
    String serverName,
    String version,
    int proto,
    String gitCommit,
    String go,
    String host,
    int port,
    boolean headers,
    boolean authRequired,
    boolean tlsRequired,
    boolean tlsVerify,
    boolean tlsAvailable,
    int maxPayload,
    boolean jetstream,
    String ip,
    long clientId,
    String clientIp,
    String nonce,
    String cluster,
    boolean clusterDynamic,
    String domain,
    List<String> connectUrls,
    List<String> wsConnectUrls,
    boolean lameDuckMode,
    String compression,
    boolean connectInfo,
    String remoteAccount,
    boolean systemAccount,
    int apiLevel,
    String xkey) {
  /** Copies the collections. */
  public ServerInfo {
    connectUrls = List.copyOf(connectUrls);
    wsConnectUrls = List.copyOf(wsConnectUrls);
  }

  /** Begins a description. */
  public static Builder builder() {
    return new Builder();
  }

  /** Begins another one with the values of this one. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Reads the object; what is absent keeps the builder's default. */
  public static ServerInfo read(JsonReader in) {
    Builder builder = new Builder();
    in.object("Info", (name, value) -> ServerInfoJson.field(builder, name, value));
    return builder.build();
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object();
    ServerInfoJson.write(this, out);
    out.end();
  }

  /** Builds a description; each setter is named like the component it sets. */
  public static final class Builder {
    String serverId = "";
    String serverName = "";
    String version = "";
    int proto;
    String gitCommit = "";
    String go = "";
    String host = "";
    int port;
    boolean headers;
    boolean authRequired;
    boolean tlsRequired;
    boolean tlsVerify;
    boolean tlsAvailable;
    int maxPayload;
    boolean jetstream;
    String ip = "";
    long clientId;
    String clientIp = "";
    String nonce = "";
    String cluster = "";
    boolean clusterDynamic;
    String domain = "";
    List<String> connectUrls = List.of();
    List<String> wsConnectUrls = List.of();
    boolean lameDuckMode;
    String compression = "";
    boolean connectInfo;
    String remoteAccount = "";
    boolean systemAccount;
    int apiLevel;
    String xkey = "";

    Builder() {}

    private Builder(ServerInfo from) {
      serverId = from.serverId;
      serverName = from.serverName;
      version = from.version;
      proto = from.proto;
      gitCommit = from.gitCommit;
      go = from.go;
      host = from.host;
      port = from.port;
      headers = from.headers;
      authRequired = from.authRequired;
      tlsRequired = from.tlsRequired;
      tlsVerify = from.tlsVerify;
      tlsAvailable = from.tlsAvailable;
      maxPayload = from.maxPayload;
      jetstream = from.jetstream;
      ip = from.ip;
      clientId = from.clientId;
      clientIp = from.clientIp;
      nonce = from.nonce;
      cluster = from.cluster;
      clusterDynamic = from.clusterDynamic;
      domain = from.domain;
      connectUrls = from.connectUrls;
      wsConnectUrls = from.wsConnectUrls;
      lameDuckMode = from.lameDuckMode;
      compression = from.compression;
      connectInfo = from.connectInfo;
      remoteAccount = from.remoteAccount;
      systemAccount = from.systemAccount;
      apiLevel = from.apiLevel;
      xkey = from.xkey;
    }

    public Builder serverId(String value) {
      serverId = value;
      return this;
    }

    public Builder serverName(String value) {
      serverName = value;
      return this;
    }

    public Builder version(String value) {
      version = value;
      return this;
    }

    public Builder proto(int value) {
      proto = value;
      return this;
    }

    public Builder gitCommit(String value) {
      gitCommit = value;
      return this;
    }

    public Builder go(String value) {
      go = value;
      return this;
    }

    public Builder host(String value) {
      host = value;
      return this;
    }

    public Builder port(int value) {
      port = value;
      return this;
    }

    public Builder headers(boolean value) {
      headers = value;
      return this;
    }

    public Builder authRequired(boolean value) {
      authRequired = value;
      return this;
    }

    public Builder tlsRequired(boolean value) {
      tlsRequired = value;
      return this;
    }

    public Builder tlsVerify(boolean value) {
      tlsVerify = value;
      return this;
    }

    public Builder tlsAvailable(boolean value) {
      tlsAvailable = value;
      return this;
    }

    public Builder maxPayload(int value) {
      maxPayload = value;
      return this;
    }

    public Builder jetstream(boolean value) {
      jetstream = value;
      return this;
    }

    public Builder ip(String value) {
      ip = value;
      return this;
    }

    public Builder clientId(long value) {
      clientId = value;
      return this;
    }

    public Builder clientIp(String value) {
      clientIp = value;
      return this;
    }

    public Builder nonce(String value) {
      nonce = value;
      return this;
    }

    public Builder cluster(String value) {
      cluster = value;
      return this;
    }

    public Builder clusterDynamic(boolean value) {
      clusterDynamic = value;
      return this;
    }

    public Builder domain(String value) {
      domain = value;
      return this;
    }

    public Builder connectUrls(List<String> value) {
      connectUrls = value;
      return this;
    }

    public Builder connectUrls(String... values) {
      connectUrls = List.of(values);
      return this;
    }

    public Builder wsConnectUrls(List<String> value) {
      wsConnectUrls = value;
      return this;
    }

    public Builder wsConnectUrls(String... values) {
      wsConnectUrls = List.of(values);
      return this;
    }

    public Builder lameDuckMode(boolean value) {
      lameDuckMode = value;
      return this;
    }

    public Builder compression(String value) {
      compression = value;
      return this;
    }

    public Builder connectInfo(boolean value) {
      connectInfo = value;
      return this;
    }

    public Builder remoteAccount(String value) {
      remoteAccount = value;
      return this;
    }

    public Builder systemAccount(boolean value) {
      systemAccount = value;
      return this;
    }

    public Builder apiLevel(int value) {
      apiLevel = value;
      return this;
    }

    public Builder xkey(String value) {
      xkey = value;
      return this;
    }

    public ServerInfo build() {
      return new ServerInfo(
          serverId,
          serverName,
          version,
          proto,
          gitCommit,
          go,
          host,
          port,
          headers,
          authRequired,
          tlsRequired,
          tlsVerify,
          tlsAvailable,
          maxPayload,
          jetstream,
          ip,
          clientId,
          clientIp,
          nonce,
          cluster,
          clusterDynamic,
          domain,
          connectUrls,
          wsConnectUrls,
          lameDuckMode,
          compression,
          connectInfo,
          remoteAccount,
          systemAccount,
          apiLevel,
          xkey);
    }
  }
}
