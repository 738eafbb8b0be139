// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Handles messages of a consumption several at a time, those with an equal key one after another
 * and in order.
 *
 * <p>Keys share lanes by their hash, many more than there are threads, so that a key whose handler
 * is slow holds up few others. Which lane a message goes to is found on a lane of its own, since
 * the key is the application's code.
 */
final class KeyedHandling implements PullSession.Receiver {
  private static final int LANES_A_THREAD = 32;
  private static final int MOST_LANES = 4096;

  private final BoundedThreads threads;
  private final Function<? super JsMessage, ?> key;
  private final BiConsumer<JsMessage, Throwable> keyFailed;
  private final Lane<JsMessage> sorting;
  private final List<Lane<JsMessage>> lanes = new ArrayList<>();
  private final Unfinished unfinished;
  private int nextToEmpty;

  /**
   * @param handler handles a message and fails with nothing
   * @param keyFailed handles a message that has no key
   * @param allHandled runs behind the last message, on one of the threads
   */
  KeyedHandling(
      ClientLoop loop,
      Executor handlerThreads,
      int parallelism,
      Function<? super JsMessage, ?> key,
      Consumer<JsMessage> handler,
      BiConsumer<JsMessage, Throwable> keyFailed,
      Runnable allHandled) {
    threads = new BoundedThreads(handlerThreads, parallelism);
    unfinished = new Unfinished(threads, allHandled);
    this.key = key;
    this.keyFailed = keyFailed;
    sorting = new Lane<>(loop, handlerThreads, this::sort);
    int count = (int) Math.min(MOST_LANES, (long) parallelism * LANES_A_THREAD);
    for (int i = 0; i < count; i++) {
      lanes.add(new Lane<>(threads, message -> handle(message, handler)));
    }
  }

  @Override
  public void add(JsMessage message) {
    unfinished.begin();
    sorting.add(message);
  }

  @Override
  public void onEnd(Closed why) {
    unfinished.finish();
  }

  @Override
  public @Nullable JsMessage takeBack() {
    JsMessage message = sorting.takeBack();
    for (int i = 0; message == null && i < lanes.size(); i++) {
      message = lanes.get(nextToEmpty).takeBack();
      if (message == null) {
        nextToEmpty = (nextToEmpty + 1) % lanes.size();
      }
    }
    if (message != null) {
      unfinished.finish();
    }
    return message;
  }

  private void sort(JsMessage message) {
    Object known;
    try {
      known = key.apply(message);
    } catch (RuntimeException | Error failure) {
      keyFailed.accept(message, failure);
      unfinished.finish();
      return;
    }
    int hash = known == null ? 0 : known.hashCode();
    lanes.get(Math.floorMod((hash * 0x9E3779B9) >>> 8, lanes.size())).add(message);
  }

  private void handle(JsMessage message, Consumer<JsMessage> handler) {
    try {
      handler.accept(message);
    } finally {
      unfinished.finish();
    }
  }
}
