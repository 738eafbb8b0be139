// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.StreamInfo;

/**
 * A bucket of objects as its server describes it. Source: ADR-20.
 *
 * @param info the stream that is the bucket
 */
public record ObjectStoreStatus(StreamInfo info) {
  /** The bucket's name. */
  public String bucket() {
    return BucketKind.OBJECTS.bucket(info.config().name());
  }

  /** How many bytes all parts and descriptions take. */
  public long bytes() {
    return info.state().bytes();
  }

  /** Whether nobody can change it any more. */
  public boolean sealed() {
    return info.config().sealed();
  }

  /** How it is kept. */
  public ObjectStoreConfig config() {
    return new ObjectStoreConfig(bucket(), info.config());
  }
}
