// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.protocol.api.ExternalStream;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamSource;

/**
 * The subjects of a bucket's keys. Those of a mirror are the origin's, unless it changes them on
 * the way; what is written to a mirror goes to the origin, across domains through the origin's API.
 * Source: ADR-8, ADR-57, and what the public Go client sends.
 *
 * @param stored what the subjects of its messages begin with
 * @param written what the subjects of changes begin with
 */
record KeySubjects(String stored, String written) {
  private static final String DEFAULT_API = JetStreamOptions.defaults().prefix();

  /** What the subjects of a bucket's keys begin with where the bucket is. */
  static String prefix(String bucket) {
    return "$KV." + bucket + ".";
  }

  /**
   * Those of a bucket as a client reaches it.
   *
   * @param apiPrefix what subjects of the API begin with for this client
   */
  static KeySubjects of(String bucket, StreamConfig config, String apiPrefix) {
    String own = prefix(bucket);
    StreamSource mirror = config.mirror();
    if (mirror == null) {
      return new KeySubjects(own, through(apiPrefix, own));
    }
    String origin = prefix(BucketKind.KEYS.bucket(mirror.name()));
    boolean renamed =
        mirror.subjectTransforms().stream().anyMatch(each -> each.destination().startsWith(own));
    ExternalStream external = mirror.external();
    String api = external == null || external.api().isEmpty() ? apiPrefix : external.api();
    return new KeySubjects(renamed ? own : origin, through(api, origin));
  }

  /** Behind the API of another domain or account, which leads there; at home as they are. */
  private static String through(String api, String subjects) {
    return api.equals(DEFAULT_API) ? subjects : api + "." + subjects;
  }
}
