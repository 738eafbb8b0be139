// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.Compression;
import dev.slipstream.protocol.api.Placement;
import dev.slipstream.protocol.api.StorageType;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a bucket of either kind is kept: a reading of the configuration of its stream. Immutable. */
abstract class BucketConfig {
  private final String bucket;
  private final StreamConfig stream;

  BucketConfig(String bucket, StreamConfig stream) {
    this.bucket = bucket;
    this.stream = stream;
  }

  /** The bucket's name. */
  public String bucket() {
    return bucket;
  }

  /** The stream that is the bucket. */
  StreamConfig stream() {
    return stream;
  }

  /** What the bucket is for; empty when nobody said. */
  public String description() {
    return stream.description();
  }

  /** How many bytes the bucket takes at most; -1 without limit. */
  public long maxBytes() {
    return stream.maxBytes();
  }

  /** How long a value or an object is kept; zero for ever. */
  public Duration timeToLive() {
    return Duration.ofNanos(stream.maxAgeNanos());
  }

  /** Where the bucket is kept. */
  public StorageType storage() {
    return stream.storage();
  }

  /** On how many servers. */
  public int replicas() {
    return stream.numReplicas();
  }

  /** On which servers of a cluster, or null. */
  public @Nullable Placement placement() {
    return stream.placement();
  }

  /** Whether what it holds is compressed on disk. */
  public boolean compressed() {
    return stream.compression() != Compression.NONE;
  }

  /** What the bucket carries along; servers add to it. */
  public Map<String, String> metadata() {
    return stream.metadata();
  }

  @Override
  public String toString() {
    return bucket + " " + stream;
  }
}
