// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import java.util.List;
import java.util.Map;

/**
 * What an application says of an object. Immutable; begin with {@link #of}.
 *
 * @param name its name in the bucket, any text
 * @param description what it is
 * @param headers headers that go with it
 * @param metadata what it carries along
 * @param chunkBytes how large its parts are in the stream; 128 KiB unless said otherwise
 */
public record ObjectMeta(
    String name,
    String description,
    Map<String, List<String>> headers,
    Map<String, String> metadata,
    int chunkBytes) {
  private static final int DEFAULT_CHUNK_BYTES = 128 << 10;

  /** Copies the collections, and refuses what no object can be. */
  public ObjectMeta {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("an object has a name");
    }
    if (chunkBytes < 1) {
      throw new IllegalArgumentException("not a size of parts: " + chunkBytes);
    }
    headers = Map.copyOf(headers);
    metadata = Map.copyOf(metadata);
  }

  /** An object of that name. */
  public static ObjectMeta of(String name) {
    return new ObjectMeta(name, "", Map.of(), Map.of(), DEFAULT_CHUNK_BYTES);
  }

  /** With another description. */
  public ObjectMeta description(String text) {
    return new ObjectMeta(name, text, headers, metadata, chunkBytes);
  }

  /** With other headers. */
  public ObjectMeta headers(Map<String, List<String>> values) {
    return new ObjectMeta(name, description, values, metadata, chunkBytes);
  }

  /** With other metadata. */
  public ObjectMeta metadata(Map<String, String> values) {
    return new ObjectMeta(name, description, headers, values, chunkBytes);
  }

  /** With parts of another size. */
  public ObjectMeta chunkBytes(int bytes) {
    return new ObjectMeta(name, description, headers, metadata, bytes);
  }
}
