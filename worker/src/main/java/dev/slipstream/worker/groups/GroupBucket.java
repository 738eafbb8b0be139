// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.StreamNameInUseException;
import dev.slipstream.client.StreamNotFoundException;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueConfig;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.protocol.api.StorageType;
import java.util.List;
import java.util.Optional;

/**
 * The bucket that holds the configurations of all groups of a kind, each under {@code
 * <stream>.<group>}. Calls block. Source: the public clients' groups ("pcgroups").
 */
enum GroupBucket {
  STATIC("static-consumer-groups"),
  ELASTIC("elastic-consumer-groups");

  private final String bucket;

  GroupBucket(String bucket) {
    this.bucket = bucket;
  }

  static String key(String stream, String group) {
    return stream + "." + group;
  }

  /** The bucket; empty when nobody has created a group of the kind yet. */
  Optional<KeyValue> find(JetStream js) {
    try {
      return Optional.of(KeyValue.open(js, bucket));
    } catch (StreamNotFoundException none) {
      return Optional.empty();
    }
  }

  /** The bucket, created on disk and on so many servers if it is not there. */
  KeyValue findOrCreate(JetStream js, int replicas) {
    return find(js).orElseGet(() -> create(js, replicas));
  }

  private KeyValue create(JetStream js, int replicas) {
    try {
      return KeyValue.create(
          js, KeyValueConfig.builder(bucket).replicas(replicas).storage(StorageType.FILE).build());
    } catch (StreamNameInUseException otherWasFaster) {
      return KeyValue.open(js, bucket);
    }
  }

  /** What stands under the key of a group; empty when there is no such group. */
  Optional<KeyValueEntry> entry(JetStream js, String stream, String group) {
    return find(js).flatMap(found -> found.get(key(stream, group)));
  }

  /** The names of a stream's groups. */
  List<String> names(JetStream js, String stream) {
    String prefix = key(stream, "");
    return find(js).map(found -> found.keys(prefix + "*")).orElse(List.of()).stream()
        .map(key -> key.substring(prefix.length()))
        .sorted()
        .toList();
  }
}
