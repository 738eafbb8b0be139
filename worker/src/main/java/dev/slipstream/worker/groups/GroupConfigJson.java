// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The configurations of groups as they stand in their buckets, byte for byte as the public Go
 * client writes them. Fields that are not known are passed over.
 *
 * <p>Source: the format of the public clients' groups ("pcgroups").
 */
final class GroupConfigJson {
  private static final String MAX_MEMBERS = "max_members";
  private static final String FILTERS = "filters";
  private static final String PARTITIONING_FILTERS = "partitioning_filters";
  private static final String MAX_BUFFERED_MESSAGES = "max_buffered_msg";
  private static final String MAX_BUFFERED_BYTES = "max_buffered_bytes";
  private static final String MEMBERS = "members";
  private static final String MAPPINGS = "member_mappings";
  private static final String MEMBER = "member";
  private static final String PARTITIONS = "partitions";
  private static final String FILTER = "filter";
  private static final String WILDCARDS = "partitioning_wildcards";

  /** The order in which Go writes the fields before the members. */
  private static final List<String> ELASTIC_ORDER =
      List.of(MAX_MEMBERS, PARTITIONING_FILTERS, MAX_BUFFERED_MESSAGES, MAX_BUFFERED_BYTES);

  private static final Set<String> KNOWN =
      Set.of(
          MAX_MEMBERS,
          PARTITIONING_FILTERS,
          MAX_BUFFERED_MESSAGES,
          MAX_BUFFERED_BYTES,
          MEMBERS,
          MAPPINGS);

  private GroupConfigJson() {}

  // ---- reading

  /**
   * Reads the configuration of a static group.
   *
   * @throws JsonException when it is none
   */
  static StaticGroupConfig readStatic(byte[] json) {
    Fields fields = Fields.read(json);
    return new StaticGroupConfig(
        fields.maxMembers, fields.filters, fields.members, fields.mappings);
  }

  /**
   * Reads the configuration of an elastic group.
   *
   * @throws JsonException when it is none
   */
  static ElasticGroupConfig readElastic(byte[] json) {
    Fields fields = Fields.read(json);
    return new ElasticGroupConfig(
        fields.maxMembers,
        fields.partitioningFilters,
        fields.maxBufferedMessages,
        fields.maxBufferedBytes,
        fields.members,
        fields.mappings);
  }

  /** What was read so far. */
  private static final class Fields implements JsonReader.FieldHandler {
    private int maxMembers;
    private List<String> filters = List.of();
    private List<PartitioningFilter> partitioningFilters = List.of();
    private long maxBufferedMessages;
    private long maxBufferedBytes;
    private List<String> members = List.of();
    private List<MemberMapping> mappings = List.of();

    static Fields read(byte[] json) {
      if (json.length == 0) {
        throw new JsonException("unexpected end of JSON input");
      }
      Fields fields = new Fields();
      JsonReader.of(json).object(fields);
      return fields;
    }

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case MAX_MEMBERS -> maxMembers = in.intValue();
        case FILTERS -> filters = in.strings();
        case PARTITIONING_FILTERS ->
            partitioningFilters = in.list("[]filter", GroupConfigJson::readFilter);
        case MAX_BUFFERED_MESSAGES -> maxBufferedMessages = in.longValue();
        case MAX_BUFFERED_BYTES -> maxBufferedBytes = in.longValue();
        case MEMBERS -> members = in.strings();
        case MAPPINGS -> mappings = in.list("[]mapping", GroupConfigJson::readMapping);
        default -> {
          return false;
        }
      }
      return true;
    }
  }

  private static PartitioningFilter readFilter(JsonReader reader) {
    String[] filter = {""};
    List<Integer> wildcards = new ArrayList<>();
    reader.object(
        (name, in) -> {
          switch (name) {
            case FILTER -> filter[0] = in.string();
            case WILDCARDS -> wildcards.addAll(in.list("[]int", JsonReader::intValue));
            default -> {
              return false;
            }
          }
          return true;
        });
    return new PartitioningFilter(filter[0], wildcards);
  }

  private static MemberMapping readMapping(JsonReader reader) {
    String[] member = {""};
    List<Integer> partitions = new ArrayList<>();
    reader.object(
        (name, in) -> {
          switch (name) {
            case MEMBER -> member[0] = in.string();
            case PARTITIONS -> partitions.addAll(in.list("[]int", JsonReader::intValue));
            default -> {
              return false;
            }
          }
          return true;
        });
    return new MemberMapping(member[0], partitions);
  }

  // ---- writing

  static byte[] write(StaticGroupConfig config) {
    JsonWriter out = new JsonWriter();
    out.object().field(MAX_MEMBERS, config.maxMembers()).stringsFieldIf(FILTERS, config.filters());
    writeMembers(config, out);
    return out.end().toBytes();
  }

  static byte[] write(ElasticGroupConfig config) {
    JsonWriter out = new JsonWriter();
    out.object().field(MAX_MEMBERS, config.maxMembers()).name(PARTITIONING_FILTERS);
    writeList(config.filters(), out, GroupConfigJson::writeFilter);
    out.fieldIf(MAX_BUFFERED_MESSAGES, config.maxBufferedMessages());
    out.fieldIf(MAX_BUFFERED_BYTES, config.maxBufferedBytes());
    writeMembers(config, out);
    return out.end().toBytes();
  }

  /**
   * The same document with other members and mappings. All else stays byte for byte: to the Go
   * client an empty list and null differ, and it takes what differs for another group.
   */
  static byte[] withMembers(byte[] json, ElasticGroupConfig changed) {
    Map<String, String> fields = new LinkedHashMap<>();
    JsonReader.of(json)
        .object(
            (name, in) -> {
              boolean known = KNOWN.contains(name);
              if (!known && KNOWN.contains(name.toLowerCase(Locale.ROOT))) {
                return false; // comes again in lower case
              }
              fields.put(name, in.raw());
              return true;
            });
    fields.keySet().removeAll(Set.of(MEMBERS, MAPPINGS));
    JsonWriter out = new JsonWriter();
    out.object();
    for (String name : ELASTIC_ORDER) {
      String raw = fields.remove(name);
      if (raw != null) {
        out.name(name).rawValue(raw.getBytes(StandardCharsets.UTF_8));
      }
    }
    writeMembers(changed, out);
    fields.forEach((name, raw) -> out.name(name).rawValue(raw.getBytes(StandardCharsets.UTF_8)));
    return out.end().toBytes();
  }

  private static void writeMembers(GroupConfig config, JsonWriter out) {
    out.stringsFieldIf(MEMBERS, config.members());
    if (!config.mappings().isEmpty()) {
      out.name(MAPPINGS);
      writeList(config.mappings(), out, GroupConfigJson::writeMapping);
    }
  }

  private static JsonWriter writeFilter(PartitioningFilter filter, JsonWriter out) {
    out.object().field(FILTER, filter.filter()).name(WILDCARDS);
    return writeList(filter.wildcards(), out, GroupConfigJson::writeNumber).end();
  }

  private static JsonWriter writeMapping(MemberMapping mapping, JsonWriter out) {
    out.object().field(MEMBER, mapping.member()).name(PARTITIONS);
    return writeList(mapping.partitions(), out, GroupConfigJson::writeNumber).end();
  }

  private static JsonWriter writeNumber(Integer number, JsonWriter out) {
    return out.value(number);
  }

  private interface ElementWriter<T> {
    JsonWriter write(T element, JsonWriter out);
  }

  /** A list; an empty one is null, as Go's usual empty list is. */
  private static <T> JsonWriter writeList(List<T> list, JsonWriter out, ElementWriter<T> element) {
    if (list.isEmpty()) {
      return out.nullValue();
    }
    out.array();
    list.forEach(each -> element.write(each, out));
    return out.endArray();
  }
}
