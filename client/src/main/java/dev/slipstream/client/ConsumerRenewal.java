// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Backoff;
import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerCreateRequest;
import org.jspecify.annotations.Nullable;

/**
 * Brings back the deleted consumer of a consumption, as {@link OnDeleted} says: asks the server
 * again and again, after growing delays. Loop-owned.
 */
final class ConsumerRenewal {

  private final ConsumerLink link;
  private final OnDeleted policy;
  private final Owner owner;
  private final Backoff backoff;

  /** Who waits for it; on the loop. */
  interface Owner {
    /** Whether the consumer is still wanted. */
    boolean isWanted();

    /** The consumer is there again. */
    void onRenewed();

    /** The stream is gone, and with it any consumer. */
    void onStreamDeleted();
  }

  ConsumerRenewal(ConsumerLink link, OnDeleted policy, Owner owner) {
    this.link = link;
    this.policy = policy;
    this.owner = owner;
    backoff = link.api().backoff();
  }

  /** Asks now; without a connection, when there is one. */
  void attempt() {
    if (!owner.isWanted()) {
      return;
    }
    Api api = link.api();
    if (policy instanceof OnDeleted.Recreate recreate) {
      ConsumerConfig named = recreate.config().toBuilder().name(link.consumer()).build();
      String subject =
          api.subjects().consumerCreate(link.stream(), link.consumer(), named.filterSubject());
      api.ask(
          subject,
          ConsumerCreateRequest.of(link.stream(), named)::write,
          (reply, failure) -> answered(reply));
    } else {
      String subject = api.subjects().consumerInfo(link.stream(), link.consumer());
      api.ask(subject, json -> {}, (reply, failure) -> answered(reply));
    }
  }

  private void answered(@Nullable ApiReply reply) {
    if (!owner.isWanted()) {
      return;
    }
    ApiException refusal = reply == null ? null : Api.refusal(reply);
    if (reply != null && refusal == null) {
      owner.onRenewed();
    } else if (refusal instanceof StreamNotFoundException) {
      owner.onStreamDeleted();
    } else {
      link.connection().loop().schedule(backoff.nextDelayNanos(), this::attempt);
    }
  }
}
