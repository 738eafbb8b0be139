// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream as its server describes it.
 *
 * @param config its configuration
 * @param created when it was created
 * @param state what it holds
 * @param domain its domain
 * @param cluster the servers behind it, or null
 * @param mirror how far it has come as a mirror, or null
 * @param sources how far its sources have come
 * @param alternates streams that can stand in for it
 * @param ts when all this was so
 */
public record StreamInfo(
    StreamConfig config,
    Instant created,
    StreamState state,
    String domain,
    @Nullable ClusterInfo cluster,
    @Nullable StreamSourceInfo mirror,
    List<StreamSourceInfo> sources,
    List<StreamAlternate> alternates,
    Instant ts) {
  /** Copies the collections. */
  public StreamInfo {
    sources = List.copyOf(sources);
    alternates = List.copyOf(alternates);
  }

  /** Reads the object. */
  public static StreamInfo read(JsonReader in) {
    Fields fields = new Fields();
    in.object("StreamInfo", fields);
    return new StreamInfo(
        fields.config,
        fields.created,
        fields.state,
        fields.domain,
        fields.cluster,
        fields.mirror,
        fields.sources,
        fields.alternates,
        fields.ts);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    config.write(out.name("config"));
    out.timeField("created", created);
    state.write(out.name("state"));
    out.fieldIf("domain", domain);
    if (cluster != null) {
      cluster.write(out.name("cluster"));
    }
    if (mirror != null) {
      mirror.write(out.name("mirror"));
    }
    out.arrayFieldIf("sources", sources, (each, json) -> each.write(json));
    out.arrayFieldIf("alternates", alternates, (each, json) -> each.write(json));
    out.timeField("ts", ts);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private StreamConfig config = StreamConfig.builder("").build();
    private Instant created = Rfc3339.ZERO;
    private StreamState state = StreamState.EMPTY;
    private String domain = "";
    private @Nullable ClusterInfo cluster;
    private @Nullable StreamSourceInfo mirror;
    private List<StreamSourceInfo> sources = List.of();
    private List<StreamAlternate> alternates = List.of();
    private Instant ts = Rfc3339.ZERO;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "config" -> config = StreamConfig.read(in);
        case "created" -> created = in.time();
        case "state" -> state = StreamState.read(in);
        case "domain" -> domain = in.string();
        case "cluster" -> cluster = in.isNull() ? null : ClusterInfo.read(in);
        case "mirror" -> mirror = in.isNull() ? null : StreamSourceInfo.read(in);
        case "sources" -> sources = in.list("[]*server.StreamSourceInfo", StreamSourceInfo::read);
        case "alternates" ->
            alternates = in.list("[]server.StreamAlternate", StreamAlternate::read);
        case "ts" -> ts = in.time();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
