// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsStream;
import java.util.List;

/** The kinds of buckets: what their streams are called, and how those are found. */
enum BucketKind {
  /** Keys with values, ADR-8. */
  KEYS("KV_", "$KV.*.>"),

  /** Objects, ADR-20. */
  OBJECTS("OBJ_", "$O.*.C.>");

  private final String streamPrefix;
  private final String subjects;

  BucketKind(String streamPrefix, String subjects) {
    this.streamPrefix = streamPrefix;
    this.subjects = subjects;
  }

  /** The stream of a bucket. */
  String stream(String bucket) {
    return streamPrefix + Keys.bucket(bucket);
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
        .map(name -> name.substring(streamPrefix.length()))
        .toList();
  }
}
