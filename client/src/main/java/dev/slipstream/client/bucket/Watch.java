// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.MessageHandler;
import dev.slipstream.client.OrderedConsumer;

/**
 * Makes entries of what an ordered consumer brings, and tells once when all that was there at the
 * start has come. Owner: the thread that calls the handler, one at a time.
 */
final class Watch implements MessageHandler<JsMessage> {
  private final String bucket;
  private final String prefix;
  private final WatchOptions options;
  private final KeyWatcher watcher;
  private boolean caughtUp;

  private Watch(String bucket, String prefix, WatchOptions options, KeyWatcher watcher) {
    this.bucket = bucket;
    this.prefix = prefix;
    this.options = options;
    this.watcher = watcher;
  }

  static Consumption begin(
      String bucket,
      String prefix,
      OrderedConsumer ordered,
      WatchOptions options,
      KeyWatcher watcher) {
    Watch watch = new Watch(bucket, prefix, options, watcher);
    if (ordered.createdInfo().numPending() == 0) {
      watch.catchUp();
    }
    return ordered.consume(watch);
  }

  private void catchUp() {
    caughtUp = true;
    try {
      watcher.onCaughtUp();
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Exception failure) {
      throw new JetStreamException("the watcher failed", failure);
    }
  }

  @Override
  public void onMessage(JsMessage message) throws Exception {
    KeyValueEntry entry = KeyValueEntry.of(bucket, prefix, message);
    if (options.brings(entry)) {
      watcher.onEntry(entry);
    }
    if (!caughtUp && message.info().pending() == 0) {
      caughtUp = true;
      watcher.onCaughtUp();
    }
  }
}
