// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The servers behind a stream or consumer.
 *
 * @param name the name of the cluster
 * @param raftGroup the group that agrees on it
 * @param leader the name of the server that answers for it
 * @param leaderSince since when, or null
 * @param systemAccount whether the traffic runs in the system account
 * @param trafficAccount the account of the traffic
 * @param replicas the servers besides the leader
 */
public record ClusterInfo(
    String name,
    String raftGroup,
    String leader,
    @Nullable Instant leaderSince,
    boolean systemAccount,
    String trafficAccount,
    List<PeerInfo> replicas) {
  /** Copies the collections. */
  public ClusterInfo {
    replicas = List.copyOf(replicas);
  }

  /** Reads the object. */
  public static ClusterInfo read(JsonReader in) {
    Fields fields = new Fields();
    in.object("ClusterInfo", fields);
    return new ClusterInfo(
        fields.name,
        fields.raftGroup,
        fields.leader,
        fields.leaderSince,
        fields.systemAccount,
        fields.trafficAccount,
        fields.replicas);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.fieldIf("name", name);
    out.fieldIf("raft_group", raftGroup);
    out.fieldIf("leader", leader);
    if (leaderSince != null) {
      out.timeField("leader_since", leaderSince);
    }
    out.fieldIf("system_account", systemAccount);
    out.fieldIf("traffic_account", trafficAccount);
    out.arrayFieldIf("replicas", replicas, (each, json) -> each.write(json));
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String name = "";
    private String raftGroup = "";
    private String leader = "";
    private @Nullable Instant leaderSince;
    private boolean systemAccount;
    private String trafficAccount = "";
    private List<PeerInfo> replicas = List.of();

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "name" -> this.name = in.string();
        case "raft_group" -> raftGroup = in.string();
        case "leader" -> leader = in.string();
        case "leader_since" -> leaderSince = in.optionalTime();
        case "system_account" -> systemAccount = in.bool();
        case "traffic_account" -> trafficAccount = in.string();
        case "replicas" -> replicas = in.list("[]*server.PeerInfo", PeerInfo::read);
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
