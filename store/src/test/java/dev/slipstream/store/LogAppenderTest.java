// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.base.EventLoop;
import dev.slipstream.base.Invariant;
import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogAppenderTest {
  private static final long MILLIS = 1_000_000;

  private final Simulation simulation = new Simulation(new SplittableRandom(1));
  private final EventLoop loop = simulation.loop("loop");
  private final EventLoop commitThread = simulation.loop("commit thread");
  private final FaultyDisk disk = new FaultyDisk();
  private final List<String> heard = new ArrayList<>();
  private @Nullable Store opened;
  private @Nullable LogAppender made;
  private boolean commits;

  @BeforeEach
  void open() throws StoreException {
    StoreOptions options =
        StoreOptions.builder()
            .firstLogFileBytes(1 << 20)
            .logFileBytes(1 << 20)
            .logBytes(4 << 20)
            .commitBytes(4096)
            .onWork(
                () -> {
                  if (commits) {
                    commitThread.execute(() -> store().runCommit());
                  }
                })
            .build();
    Store store = Store.open(options, disk, SimulatedServer.DIRECTORY, simulation.clock());
    store.recover(RecordTaker.ignoring());
    opened = store;
    made = store.appender(loop, new Listener());
  }

  private Store store() {
    return java.util.Objects.requireNonNull(opened);
  }

  private LogAppender appender() {
    return java.util.Objects.requireNonNull(made);
  }

  private final class Listener implements Applier {
    @Override
    public void apply(LogRecord record, @Nullable Object attachment) {
      byte[] body = java.util.Arrays.copyOfRange(record.bytes, record.from, record.to);
      heard.add(attachment + "=" + new String(body, java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Override
    public void commitApplied() {
      heard.add("commit");
    }

    @Override
    public void failed(StoreException cause) {
      heard.add("failed");
    }
  }

  private void append(String text, boolean urgent) {
    appender().begin((byte) 20, 7).put(text);
    appender().end(text, urgent);
  }

  private void inLoop(Runnable command) {
    loop.execute(command);
    simulation.runReady();
  }

  @Test
  void recordIsAppliedOnlyAfterItsCommit() {
    inLoop(() -> append("a", true));
    assertThat(heard).isEmpty();
    assertThat(appender().pendingRecords()).isEqualTo(1);
    assertThat(appender().pendingBytes()).isEqualTo(37);
    assertThat(store().runCommit()).isTrue();
    assertThat(heard).isEmpty();
    simulation.runReady();
    assertThat(heard).containsExactly("a=a", "commit");
    assertThat(appender().pendingRecords()).isZero();
    assertThat(appender().pendingBytes()).isZero();
    assertThat(store().runCommit()).isFalse();
  }

  @Test
  void messagesTogetherAreOneRecordOfAnySize() {
    List<Long> seqs = new ArrayList<>();
    int[] records = {0};
    LogAppender door =
        store()
            .appender(
                loop,
                new Applier() {
                  private byte @Nullable [] bytes;
                  private int base; // those of one record share its subject

                  @Override
                  public void apply(LogRecord record, @Nullable Object attachment) {
                    boolean same = record.bytes == bytes && record.message.subjectFrom == base;
                    records[0] += same ? 0 : 1;
                    bytes = record.bytes;
                    base = record.message.subjectFrom;
                    seqs.add(record.message.seq);
                  }

                  @Override
                  public void commitApplied() {}

                  @Override
                  public void failed(StoreException cause) {}
                });
    NewMessage message = new NewMessage();
    byte[] payload = new byte[100_000];
    byte[] subject = {'s'};
    message.subject(subject, 0, 1);
    message.content(payload, 0, 0, payload.length);
    inLoop(
        () -> {
          door.message(7, 1, 1, message, null, true);
          door.beginTogether();
          for (int seq = 2; seq <= 9; seq++) { // more than the loop hands over at once otherwise
            door.message(7, seq, 1, message, null, true);
          }
          door.endTogether();
          door.message(7, 10, 1, message, null, true);
        });
    while (store().runCommit()) {
      simulation.runReady();
    }
    simulation.runReady();
    assertThat(seqs).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(records[0]).isEqualTo(3);
  }

  @Test
  void oneTurnIsOneCommitAndWhatComesMeanwhileIsTheNext() {
    inLoop(
        () -> {
          append("a", true);
          append("b", true);
        });
    inLoop(() -> append("c", true));
    store().runCommit();
    inLoop(() -> append("d", true));
    store().runCommit();
    simulation.runReady();
    assertThat(heard).containsExactly("a=a", "b=b", "c=c", "commit", "d=d", "commit");
    assertThat(store().stats().commits()).isEqualTo(2);
    assertThat(store().stats().recordsPerSync()).isEqualTo(2);
  }

  @Test
  void commitTakesNoMoreThanItsBytesUnlessOneHandOverIsLarger() {
    inLoop(() -> append("x".repeat(3000), true));
    inLoop(() -> append("y".repeat(3000), true));
    inLoop(() -> append("z".repeat(9000), true));
    while (store().runCommit()) {
      // one after the other
    }
    simulation.runReady();
    assertThat(store().stats().commits()).isEqualTo(3);
    assertThat(heard).hasSize(4).endsWith("commit"); // applied together
  }

  @Test
  void recordThatIsNotUrgentWaitsForCompanyAndNotForLong() {
    inLoop(() -> append("a", false));
    assertThat(store().runCommit()).isFalse();
    simulation.runFor(4 * MILLIS);
    assertThat(store().runCommit()).isFalse();
    simulation.runFor(2 * MILLIS);
    assertThat(store().runCommit()).isTrue();
    inLoop(() -> append("b", false));
    inLoop(() -> append("c", true));
    assertThat(store().runCommit()).isTrue();
    simulation.runFor(10 * MILLIS);
    assertThat(heard).containsExactly("a=a", "commit", "b=b", "c=c", "commit");
    assertThat(store().stats().commits()).isEqualTo(2);
  }

  @Test
  void cancelledRecordLeavesNoTrace() {
    inLoop(
        () -> {
          append("a", true);
          appender().begin((byte) 20, 7).put("never");
          appender().cancel();
          append("b", true);
        });
    store().runCommit();
    simulation.runReady();
    assertThat(heard).containsExactly("a=a", "b=b", "commit");
  }

  @Test
  void whenDurableRunsBehindAllThatWasAppendedBefore() {
    inLoop(
        () -> {
          append("a", false);
          appender().whenDurable(() -> heard.add("durable"));
          append("b", false);
        });
    assertThat(heard).isEmpty();
    assertThat(store().runCommit()).as("it does not wait for company").isTrue();
    simulation.runReady();
    assertThat(heard).containsExactly("a=a", "b=b", "commit", "durable");
    inLoop(() -> appender().whenDurable(() -> heard.add("at once")));
    assertThat(heard).endsWith("at once");
  }

  @Test
  void afterAFailureRecordsAreDroppedAndWaitersNeverRun() {
    inLoop(
        () -> {
          append("a", true);
          appender().whenDurable(() -> heard.add("durable"));
        });
    disk.failAt(1, FaultyDisk.Fault.IO_ERROR);
    store().runCommit();
    simulation.runReady();
    assertThat(heard).containsExactly("failed");
    inLoop(
        () -> {
          append("b", true);
          appender().whenDurable(() -> heard.add("durable"));
        });
    store().runCommit();
    simulation.runReady();
    assertThat(heard).containsExactly("failed");
    assertThat(appender().pendingRecords()).isZero();
  }

  @Test
  void appenderThatComesAfterTheFailureHearsOfIt() {
    inLoop(() -> append("a", true));
    disk.failAt(1, FaultyDisk.Fault.IO_ERROR);
    store().runCommit();
    store().appender(simulation.loop("late"), new Listener());
    simulation.runReady();
    assertThat(heard).containsExactly("failed", "failed");
  }

  @Test
  void hookAloneKeepsASteppedStoreGoing() {
    commits = true;
    for (int i = 0; i < 50; i++) {
      inLoop(() -> append("a", true));
    }
    assertThat(heard.stream().filter("a=a"::equals)).hasSize(50);
  }

  @Test
  void messagesOfAStreamInATurnShareARecordAndEachIsApplied() {
    List<String> applied = new ArrayList<>();
    LogAppender messages =
        store()
            .appender(
                loop,
                new RecordTaker(
                    (assetId, bytes, from, to) -> {},
                    record -> applied.add(record.assetId + ":" + record.message.seq)));
    inLoop(
        () -> {
          for (long seq = 1; seq <= 100; seq++) {
            Messages.append(messages, 7, Messages.message(seq, seq, "a", "", "x"), null, true);
          }
          Messages.append(messages, 8, Messages.message(1, 1, "a", "", "x"), null, true);
          Messages.append(messages, 7, Messages.message(101, 1, "a", "", "x"), null, true);
        });
    assertThat(messages.pendingRecords()).isEqualTo(102);
    long bytes = messages.pendingBytes();
    int record = RecordHeader.BYTES + 8 + 8 + 2 + 1; // the subject stands there once
    int frame = 4 + 1 + 1 + 1 + 1;
    assertThat(bytes).isEqualTo(3 * record + 102 * frame);
    store().runCommit();
    simulation.runReady();
    assertThat(applied).hasSize(102).startsWith("7:1", "7:2").endsWith("7:100", "8:1", "7:101");
    assertThat(messages.pendingRecords()).isZero();
    assertThat(messages.pendingBytes()).isZero();
  }

  @Test
  void recordsDoNotNest() {
    inLoop(
        () -> {
          appender().begin((byte) 20, 7);
          assertThatThrownBy(() -> appender().begin((byte) 20, 7))
              .isInstanceOf(Invariant.Violation.class);
          appender().cancel();
          assertThatThrownBy(() -> appender().end(null, true))
              .isInstanceOf(Invariant.Violation.class);
        });
  }

  @Test
  void applierThatThrowsPoisonsTheStoreInsteadOfGoingOnWithAHole() {
    Store store = store();
    LogAppender broken =
        store.appender(
            loop,
            new Applier() {
              @Override
              public void apply(LogRecord record, @Nullable Object attachment) {
                throw new IllegalArgumentException("a bug");
              }

              @Override
              public void commitApplied() {
                heard.add("commit");
              }

              @Override
              public void failed(StoreException cause) {
                heard.add("broken failed");
              }
            });
    inLoop(
        () -> {
          broken.begin((byte) 20, 1).put("x");
          broken.end(null, true);
        });
    store.runCommit();
    assertThatThrownBy(simulation::runReady).hasMessage("a bug");
    store.runCommit();
    simulation.runReady();
    assertThat(heard).containsExactly("broken failed", "failed");
  }
}
