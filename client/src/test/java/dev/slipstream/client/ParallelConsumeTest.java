// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers that run several at a time, with and without an order by key. */
@Timeout(120)
class ParallelConsumeTest extends StreamFixture {

  private static ConsumeOptions.Builder four() {
    return ConsumeOptions.builder().parallelism(4);
  }

  private void publishTexts(int count) {
    for (int i = 0; i < count; i++) {
      js.publishAsync(name, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
    }
    js.awaitPublished(PATIENCE);
  }

  private static int number(JsMessage message) {
    return Integer.parseInt(message.text());
  }

  @Test
  void asManyAsAskedForRunAtTheSameTimeAndNeverMore() throws Exception {
    publishTexts(400);
    CyclicBarrier together = new CyclicBarrier(4);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(400);
    Consumption consumption =
        roomyConsumer()
            .consume(
                four().build(),
                m -> {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  together.await(20, TimeUnit.SECONDS);
                  inside.decrementAndGet();
                  m.ack();
                  all.countDown();
                });
    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(get(consumption.drain(PATIENCE))).isEqualTo(new Closed.Drained());
    assertThat(most).hasValue(4);
  }

  @Test
  void messagesOfOneKeyKeepTheirOrder() throws Exception {
    int messages = 3000;
    publishTexts(messages);
    Map<Integer, List<Integer>> seen = new ConcurrentHashMap<>();
    CountDownLatch all = new CountDownLatch(messages);
    Consumption consumption =
        roomyConsumer()
            .consume(
                four().orderedBy(m -> number(m) % 7).build(),
                m -> {
                  seen.computeIfAbsent(number(m) % 7, key -> new ArrayList<>()).add(number(m));
                  m.ack();
                  all.countDown();
                });
    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    get(consumption.drain(PATIENCE));
    assertThat(seen).hasSize(7);
    assertThat(seen.values()).allSatisfy(each -> assertThat(each).isSorted());
    assertThat(seen.values().stream().mapToInt(List::size).sum()).isEqualTo(messages);
  }

  @Test
  void aKeyWhoseHandlerDoesNotReturnHoldsUpNoOther() throws Exception {
    publishTexts(100);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(80);
    CountDownLatch all = new CountDownLatch(100);
    Consumption consumption =
        roomyConsumer()
            .consume(
                four().orderedBy(m -> number(m) % 5).build(),
                m -> {
                  boolean isOther = number(m) % 5 != 0;
                  if (!isOther) {
                    goOn.await();
                  }
                  m.ack();
                  all.countDown();
                  if (isOther) {
                    others.countDown(); // behind all, which is looked at next
                  }
                });
    assertThat(others.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(all.getCount()).isEqualTo(20);
    goOn.countDown();
    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    get(consumption.drain(PATIENCE));
  }

  @Test
  void aStopHandsBackWhatWaits() throws Exception {
    for (ConsumeOptions options :
        List.of(four().build(), four().orderedBy(ParallelConsumeTest::number).build())) {
      PullConsumer consumer = roomyConsumer();
      publishTexts(50);
      CountDownLatch inside = new CountDownLatch(4);
      CountDownLatch goOn = new CountDownLatch(1);
      Consumption consumption =
          consumer.consume(
              options,
              m -> {
                inside.countDown();
                goOn.await();
                m.ack();
              });
      assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
      awaitBuffered(consumption, 50);
      consumption.stop();
      goOn.countDown();
      assertThat(get(consumption.closed())).isEqualTo(new Closed.Stopped());
      List<JsMessage> again = consumer.fetch(Fetch.of(46)).toList();
      assertThat(again).hasSize(46).allMatch(m -> m.info().delivered() == 2);
      consumer.delete();
      stream.purge();
    }
  }

  @Test
  void aKeyThatThrowsIsAFailureOfTheHandler() throws Exception {
    publishTexts(10);
    Events<PullEvent> events = new Events<>();
    CountDownLatch all = new CountDownLatch(10);
    Consumption consumption =
        roomyConsumer()
            .consume(
                four()
                    .orderedBy(
                        m -> {
                          if (number(m) == 3 && m.info().delivered() == 1) {
                            throw new IllegalStateException("no key");
                          }
                          return number(m);
                        })
                    .onEvent(events)
                    .build(),
                m -> {
                  m.ack();
                  all.countDown();
                });
    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    get(consumption.drain(PATIENCE));
    assertThat(events.saw(PullEvent.HandlerFailed.class)).isTrue();
    assertThat(consumption.state().bufferedMessages()).isZero();
  }

  @Test
  void theLastOfSoManyEndsItBehindAllHandlers() throws Exception {
    publishTexts(40);
    AtomicInteger handled = new AtomicInteger();
    Consumption consumption =
        roomyConsumer()
            .consume(
                four().stopAfter(20).build(),
                m -> {
                  m.ack();
                  handled.incrementAndGet();
                });
    assertThat(get(consumption.closed())).isEqualTo(new Closed.LimitReached());
    assertThat(handled).hasValue(20);
  }

  @Test
  void whereThereIsNoHandlerOrAnOrderItIsRefused() {
    ConsumeOptions options = four().build();
    PullConsumer consumer = consumer();
    assertThatThrownBy(() -> consumer.messages(options))
        .isInstanceOf(IllegalArgumentException.class);
    OrderedConsumer ordered = stream.orderedConsumer();
    assertThatThrownBy(() -> ordered.consume(options, m -> {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ConsumeOptions.builder().parallelism(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(consumer.fetch(Fetch.of(1).within(Duration.ofMillis(50))).toList()).isEmpty();
  }
}
