// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What an account uses of JetStream, and what it may use.
 *
 * @param usage in all
 * @param domain the domain of the server
 * @param api how often the API was used
 * @param tiers by name, if the account's limits depend on the number of replicas
 */
public record AccountInfo(
    AccountTier usage, String domain, ApiStats api, Map<String, AccountTier> tiers) {

  /** Copies the map. */
  public AccountInfo {
    tiers = Map.copyOf(tiers);
  }

  /** Reads the object. */
  public static AccountInfo read(JsonReader in) {
    AccountTier.Fields usage = new AccountTier.Fields();
    Fields own = new Fields();
    in.object(
        "JetStreamAccountStats",
        (field, value) ->
            own.onField(field, value) || value.embedded("JetStreamTier", field, usage));
    return new AccountInfo(usage.tier(), own.domain, own.api, own.tiers);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    usage.writeFields(out);
    out.fieldIf("domain", domain);
    api.write(out.name("api"));
    if (!tiers.isEmpty()) {
      out.name("tiers").object();
      for (String name : JsonWriter.sorted(tiers.keySet())) {
        Objects.requireNonNull(tiers.get(name)).write(out.name(name));
      }
      out.end();
    }
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String domain = "";
    private ApiStats api = ApiStats.ZERO;
    private final Map<String, AccountTier> tiers = new LinkedHashMap<>();

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "domain" -> domain = in.string();
        case "api" -> api = ApiStats.read(in);
        case "tiers" ->
            in.map(
                "map[string]server.JetStreamTier", tier -> tiers.put(tier, AccountTier.read(in)));
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
