// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object as the bucket describes it.
 *
 * @param meta what the application said of it
 * @param bucket the bucket
 * @param nuid what tells its parts from those of other objects
 * @param size how many bytes it has
 * @param chunks how many parts
 * @param digest {@code SHA-256=} and the digest in URL-safe base64; empty for none
 * @param deleted whether it was deleted
 * @param link where it leads if it is a link, or null
 * @param time when it was stored or changed
 */
public record ObjectInfo(
    ObjectMeta meta,
    String bucket,
    String nuid,
    long size,
    int chunks,
    String digest,
    boolean deleted,
    @Nullable ObjectLink link,
    Instant time) {

  /** Its name. */
  public String name() {
    return meta.name();
  }

  ObjectInfo with(ObjectMeta newMeta) {
    return new ObjectInfo(newMeta, bucket, nuid, size, chunks, digest, deleted, link, time);
  }

  /** What stays of it when it is deleted. */
  ObjectInfo gone() {
    return new ObjectInfo(meta, bucket, nuid, 0, 0, "", true, link, time);
  }

  static ObjectInfo read(byte[] json, Instant time) {
    Fields fields = new Fields();
    JsonReader.of(json).object("ObjectInfo", fields::onField);
    return fields.info(time);
  }

  byte[] write() {
    JsonWriter out = new JsonWriter().object();
    out.field("name", meta.name()).fieldIf("description", meta.description());
    if (!meta.headers().isEmpty()) {
      out.name("headers").object();
      meta.headers().forEach((key, values) -> out.stringsField(key, values));
      out.end();
    }
    out.stringMapFieldIf("metadata", meta.metadata());
    out.name("options").object();
    if (link != null) {
      out.name("link").object().field("bucket", link.bucket()).fieldIf("name", link.name()).end();
    }
    out.field("max_chunk_size", meta.chunkBytes()).end();
    out.field("bucket", bucket).field("nuid", nuid).field("size", size);
    out.timeField("mtime", Rfc3339.ZERO).field("chunks", chunks);
    return out.fieldIf("digest", digest).fieldIf("deleted", deleted).end().toBytes();
  }

  private static final class Fields {
    private String name = "";
    private String description = "";
    private final Map<String, List<String>> headers = new HashMap<>();
    private Map<String, String> metadata = Map.of();
    private int chunkBytes;
    private @Nullable ObjectLink link;
    private String bucket = "";
    private String nuid = "";
    private long size;
    private int chunks;
    private String digest = "";
    private boolean deleted;

    ObjectInfo info(Instant time) {
      ObjectMeta named = ObjectMeta.of(name).description(description);
      ObjectMeta meta = named.headers(headers).metadata(metadata);
      meta = chunkBytes > 0 ? meta.chunkBytes(chunkBytes) : meta;
      return new ObjectInfo(meta, bucket, nuid, size, chunks, digest, deleted, link, time);
    }

    boolean onField(String field, JsonReader in) {
      switch (field) {
        case "name" -> name = in.string();
        case "description" -> description = in.string();
        case "headers" -> in.map("Header", key -> headers.put(key, values(in)));
        case "metadata" -> metadata = in.stringMap();
        case "options" -> {
          if (!in.isNull()) {
            in.object(this::onOption);
          }
        }
        case "bucket" -> bucket = in.string();
        case "nuid" -> nuid = in.string();
        case "size" -> size = in.longValue();
        case "chunks" -> chunks = in.intValue();
        case "digest" -> digest = in.string();
        case "deleted" -> deleted = in.bool();
        default -> {
          return false;
        }
      }
      return true;
    }

    /** A list; the Python client writes a single value as it was given one. */
    private static List<String> values(JsonReader in) {
      String raw = in.raw();
      JsonReader value = JsonReader.of(raw.getBytes(StandardCharsets.UTF_8));
      return raw.startsWith("\"") ? List.of(value.string()) : value.strings();
    }

    private boolean onOption(String field, JsonReader in) {
      switch (field) {
        case "max_chunk_size" -> chunkBytes = in.intValue();
        case "link" -> link = in.isNull() ? null : link(in);
        default -> {
          return false;
        }
      }
      return true;
    }

    private static ObjectLink link(JsonReader in) {
      String[] to = {"", ""};
      in.object(
          (field, value) -> {
            switch (field) {
              case "bucket" -> to[0] = value.string();
              case "name" -> to[1] = value.string();
              default -> {
                return false;
              }
            }
            return true;
          });
      return new ObjectLink(to[0], to[1]);
    }
  }
}
