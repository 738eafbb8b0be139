// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsStream;
import dev.slipstream.protocol.api.StreamInfo;
import java.util.List;

/** The kinds of buckets: what their streams are called, and how those are found. */
enum BucketKind {
  /** Keys with values, ADR-8. Mirrors have no subjects of their own to be found by. */
  KEYS("KV_", ""),

  /** Objects, ADR-20. */
  OBJECTS("OBJ_", "$O.*.C.>");

  private final String streamPrefix;

  /** Subjects that all buckets of the kind share some of; empty for none. */
  private final String subjects;

  BucketKind(String streamPrefix, String subjects) {
    this.streamPrefix = streamPrefix;
    this.subjects = subjects;
  }

  /** The stream of a bucket. */
  String stream(String bucket) {
    return streamPrefix + Keys.bucket(bucket);
  }

  /** The bucket that a stream is, by its name or already by that of the bucket. */
  String bucket(String stream) {
    return stream.startsWith(streamPrefix) ? stream.substring(streamPrefix.length()) : stream;
  }

  JsStream open(JetStream js, String bucket) {
    return js.stream(stream(bucket));
  }

  boolean delete(JetStream js, String bucket) {
    return js.deleteStream(stream(bucket));
  }

  /** The names of all buckets. */
  List<String> names(JetStream js) {
    return js.streamNames(subjects).stream()
        .filter(name -> name.startsWith(streamPrefix))
        .map(this::bucket)
        .toList();
  }

  /** The streams of all buckets. */
  List<StreamInfo> streams(JetStream js) {
    return js.streams(subjects).stream()
        .filter(info -> info.config().name().startsWith(streamPrefix))
        .toList();
  }
}
