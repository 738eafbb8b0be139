// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.StreamInfo;

/**
 * A bucket of keys as its server describes it. Source: ADR-8.
 *
 * @param info the stream that is the bucket; of a mirror it says how far behind its origin it is
 */
public record KeyValueStatus(StreamInfo info) {
  /** The bucket's name. */
  public String bucket() {
    return BucketKind.KEYS.bucket(info.config().name());
  }

  /** How many values and deletions are kept. */
  public long values() {
    return info.state().messages();
  }

  /** How many bytes they take. */
  public long bytes() {
    return info.state().bytes();
  }

  /** How it is kept. */
  public KeyValueConfig config() {
    return new KeyValueConfig(bucket(), info.config());
  }
}
