// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.JetStream;
import dev.slipstream.worker.MessageSource;
import dev.slipstream.worker.Workers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A member of a partitioned group as the source of a worker's messages: each life of the worker is
 * an instance of the member.
 *
 * <pre>{@code
 * Init.ok(state, WorkerOptions.builder()
 *     .connection("gnat").source(GroupMember.of("ORDERS", "billing", "m1")).build());
 * }</pre>
 *
 * <p>The group, elastic or static, is expected to exist. Messages have their partition as the first
 * token of their subject; {@link GroupMessage#of} takes it away.
 *
 * @param stream the stream that is shared
 * @param group the group's name
 * @param member the member's name
 * @param options how it joins
 */
public record GroupMember(String stream, String group, String member, JoinOptions options)
    implements MessageSource {

  /** A member that joins with all defaults. */
  public static GroupMember of(String stream, String group, String member) {
    return new GroupMember(stream, group, member, JoinOptions.defaults());
  }

  /** The same, joining in another way. */
  public GroupMember options(JoinOptions how) {
    return new GroupMember(stream, group, member, how);
  }

  @Override
  public Intake begin(JetStream js, Workers workers, Consuming consuming) {
    Membership membership = group(js).join(member, options.among(workers), consuming::begin);
    return new Intake() {
      @Override
      public CompletableFuture<Object> closed() {
        return membership.closed().thenApply(end -> end);
      }

      @Override
      public void stop() {
        membership.stop();
      }
    };
  }

  private ConsumerGroup group(JetStream js) {
    Optional<ElasticGroup> elastic = ElasticGroup.find(js, stream, group);
    if (elastic.isPresent()) {
      return elastic.get();
    }
    return StaticGroup.find(js, stream, group)
        .orElseThrow(() -> new GroupNotFoundException(stream, group));
  }
}
