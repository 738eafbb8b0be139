// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.Compression;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How a bucket of objects is kept. Immutable; begin with {@link #of}. Source: ADR-20.
 *
 * @param bucket its name
 * @param description what it is for
 * @param timeToLive how long an object is kept; zero for ever
 * @param maxBytes how many bytes it takes at most; -1 for no limit
 * @param storage where it is kept
 * @param replicas on how many servers
 * @param compressed whether it is compressed on disk
 * @param metadata what it carries along
 */
public record ObjectStoreConfig(
    String bucket,
    String description,
    Duration timeToLive,
    long maxBytes,
    StorageType storage,
    int replicas,
    boolean compressed,
    Map<String, String> metadata) {

  /** Copies the metadata, and refuses names that no bucket has. */
  public ObjectStoreConfig {
    Keys.bucket(bucket);
    if (timeToLive.isNegative()) {
      throw new IllegalArgumentException("not a time to live: " + timeToLive);
    }
    metadata = Map.copyOf(metadata);
  }

  /** A bucket on disk, without limits. */
  public static ObjectStoreConfig of(String bucket) {
    return new ObjectStoreConfig(
        bucket, "", Duration.ZERO, -1, StorageType.FILE, 1, false, Map.of());
  }

  /** With another description. */
  public ObjectStoreConfig description(String text) {
    return new ObjectStoreConfig(
        bucket, text, timeToLive, maxBytes, storage, replicas, compressed, metadata);
  }

  /** Whose objects are kept for so long. */
  public ObjectStoreConfig timeToLive(Duration duration) {
    return new ObjectStoreConfig(
        bucket, description, duration, maxBytes, storage, replicas, compressed, metadata);
  }

  /** That takes so many bytes at most. */
  public ObjectStoreConfig maxBytes(long bytes) {
    return new ObjectStoreConfig(
        bucket, description, timeToLive, bytes, storage, replicas, compressed, metadata);
  }

  /** That is kept elsewhere. */
  public ObjectStoreConfig storage(StorageType type) {
    return new ObjectStoreConfig(
        bucket, description, timeToLive, maxBytes, type, replicas, compressed, metadata);
  }

  /** On so many servers. */
  public ObjectStoreConfig replicas(int servers) {
    return new ObjectStoreConfig(
        bucket, description, timeToLive, maxBytes, storage, servers, compressed, metadata);
  }

  /** That is compressed on disk, or not. */
  public ObjectStoreConfig compressed(boolean on) {
    return new ObjectStoreConfig(
        bucket, description, timeToLive, maxBytes, storage, replicas, on, metadata);
  }

  /** That carries something along. */
  public ObjectStoreConfig metadata(Map<String, String> values) {
    return new ObjectStoreConfig(
        bucket, description, timeToLive, maxBytes, storage, replicas, compressed, values);
  }

  /** The stream that is the bucket. */
  StreamConfig stream() {
    return StreamConfig.builder(ObjectStore.STREAM_PREFIX + bucket)
        .subjects(ObjectStore.chunkPrefix(bucket) + ">", ObjectStore.metaPrefix(bucket) + ">")
        .description(description)
        .maxAgeNanos(TimeUnit.NANOSECONDS.convert(timeToLive))
        .maxBytes(maxBytes)
        .storage(storage)
        .numReplicas(replicas)
        .compression(compressed ? Compression.S2 : Compression.NONE)
        .metadata(metadata)
        .discard(DiscardPolicy.NEW)
        .allowRollupHdrs(true)
        .allowDirect(true)
        .build();
  }
}
