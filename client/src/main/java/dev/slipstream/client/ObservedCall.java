// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;

/** A request whose future is completed on a lane, behind those who watch the client. */
final class ObservedCall extends FutureCall {
  private final SendWatch watch;

  ObservedCall(String subject, Duration timeout, Lane<Runnable> callbacks, SendWatch watch) {
    super(subject, timeout, callbacks);
    this.watch = watch;
  }

  @Override
  void onReply(Message reply) {
    watch.stop();
    super.onReply(reply);
  }

  @Override
  void onFailure(NatsException failure) {
    watch.stop();
    super.onFailure(failure);
  }

  @Override
  void complete(Message reply) {
    watch.replied(reply);
    super.complete(reply);
  }

  @Override
  void fail(NatsException failure) {
    watch.failed(failure);
    super.fail(failure);
  }
}
