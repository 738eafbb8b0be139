// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PullStateTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** A server as bad as servers get, beside the machine, in virtual time. */
  private static final class World implements PullState.Actions {
    final RandomGenerator random;
    final int maxMessages;
    final long maxBytes;
    long mostMessages;
    final PullState state;
    final List<Pull> atServer = new ArrayList<>();
    final ArrayDeque<Integer> buffered = new ArrayDeque<>();
    final List<String> log = new ArrayList<>();
    long now = 1_000 * SECOND;
    long epoch;
    long bufferedBytes;
    int lookUps;
    boolean lookUpOpen;
    final boolean renews;
    boolean renewing;
    @Nullable Closed closed;

    static final class Pull {
      final long epoch;
      final long number;
      final long expiresAt;
      int messages;
      long bytes;
      boolean dead;

      Pull(long epoch, long number, long expiresAt, int messages, long bytes) {
        this.epoch = epoch;
        this.number = number;
        this.expiresAt = expiresAt;
        this.messages = messages;
        this.bytes = bytes;
      }
    }

    World(RandomGenerator random, PullLimits limits) {
      this.random = random;
      renews = random.nextBoolean();
      maxMessages = limits.maxMessages();
      maxBytes = limits.maxBytes();
      mostMessages = limits.deliverAtMost();
      state = new PullState(limits, this, new SplittableRandom(random.nextLong()));
    }

    @Override
    public void rotate(long newEpoch) {
      epoch = newEpoch;
    }

    @Override
    public boolean pull(long number, int messages, long bytes, long expiresNanos, long heartbeat) {
      assertThat(heartbeat * 2).isLessThanOrEqualTo(expiresNanos);
      assertThat(messages).isPositive();
      assertThat(renewing).as("the consumer is gone").isFalse();
      atServer.add(new Pull(epoch, number, now + expiresNanos, messages, bytes));
      log.add(now + " pull " + number + " for " + messages + " and " + bytes);
      return true;
    }

    @Override
    public void lookUp() {
      lookUps++;
      lookUpOpen = true;
    }

    @Override
    public boolean renew() {
      assertThat(renewing).as("renewed once").isFalse();
      renewing = renews;
      atServer.clear();
      return renews;
    }

    @Override
    public void tell(PullEvent event) {
      log.add(now + " " + event);
    }

    @Override
    public void end(Closed reason) {
      assertThat(closed).as("ended once").isNull();
      closed = reason;
    }

    /** Many small messages, some that are a good part of the window, few that are too large. */
    int randomSize() {
      int window = maxBytes == 0 ? 100_000 : (int) maxBytes;
      return 1
          + switch (random.nextInt(20)) {
            case 0 -> random.nextInt(window);
            case 1, 2, 3, 4 -> window / 8 + random.nextInt(window / 8);
            case 5, 6 -> random.nextInt(window / 8);
            default -> random.nextInt(100);
          };
    }

    List<Pull> live() {
      List<Pull> live = new ArrayList<>(4);
      for (Pull pull : atServer) {
        if (pull.epoch == epoch && !pull.dead && pull.expiresAt - now > 0) {
          live.add(pull);
        }
      }
      return live;
    }

    /** A message for a pull, by the server's rules for bytes. */
    void deliver(Pull pull, int bytes) {
      if (maxBytes > 0 && bytes > pull.bytes) {
        end(pull, 409, "Message Size Exceeds MaxBytes", true);
        return;
      }
      pull.messages--;
      pull.bytes -= bytes;
      boolean taken;
      if (pull.epoch == epoch) {
        state.message(now, bytes);
        taken = true;
      } else {
        taken = state.lateMessage(bytes);
      }
      if (taken && closed == null) {
        buffered.add(bytes);
        bufferedBytes += bytes;
      }
      if (maxBytes > 0 && pull.bytes == 0) {
        atServer.remove(pull);
      } else if (pull.messages == 0) {
        if (maxBytes > 0) {
          end(pull, 409, "Batch Completed", true);
        }
        atServer.remove(pull);
      }
    }

    void end(Pull pull, int code, String text, boolean withRest) {
      atServer.remove(pull);
      log.add(now + " status " + pull.number + " " + code + " " + text);
      if (pull.epoch == epoch && !pull.dead) {
        state.status(
            now,
            pull.number,
            code,
            text,
            withRest ? pull.messages : -1,
            withRest ? pull.bytes : -1);
      }
    }

    void release(int count) {
      int messages = Math.min(count, buffered.size());
      long bytes = 0;
      for (int i = 0; i < messages; i++) {
        bytes += buffered.remove();
      }
      bufferedBytes -= bytes;
      state.released(now, messages, bytes);
    }

    /** Time passes, with the machine's own deadlines on the way. */
    void advance(long nanos) {
      long until = now + nanos;
      while (true) {
        long next = state.nextDeadline();
        if (next == Long.MAX_VALUE || next - until > 0) {
          break;
        }
        now = Math.max(now, next);
        state.tick(now);
        if (state.nextDeadline() - now <= 0) {
          throw new AssertionError("a deadline that has passed is still there");
        }
      }
      now = until;
    }

    void check() {
      if (closed != null || state.phase() == PullState.Phase.ENDED) {
        return;
      }
      int asked = 0;
      long askedBytes = 0;
      for (Pull pull : live()) {
        asked += pull.messages;
        askedBytes += pull.bytes;
      }
      boolean known =
          state.bufferedMessages() == buffered.size()
              && state.bufferedBytes() == bufferedBytes
              && asked <= state.askedMessages();
      boolean bounded =
          asked + buffered.size() <= maxMessages
              && asked <= mostMessages - state.delivered()
              && (maxBytes == 0 || askedBytes + bufferedBytes <= maxBytes);
      if (!known || !bounded) {
        throw new AssertionError(
            String.format(
                "known %b, bounded %b: the server may send %d messages and %d bytes, %d and %d are"
                    + " buffered, the machine asked for %d and %d",
                known,
                bounded,
                asked,
                askedBytes,
                buffered.size(),
                bufferedBytes,
                state.askedMessages(),
                state.askedBytes()));
      }
    }
  }

  private static PullLimits randomLimits(RandomGenerator random) {
    int messages = new int[] {1, 2, 3, 10, 20, 500}[random.nextInt(6)];
    long bytes = random.nextBoolean() ? 0 : 1000L + random.nextInt(100_000);
    long expires = SECOND * (1 + random.nextInt(30));
    long heartbeat = random.nextInt(4) == 0 ? 0 : Math.min(5 * SECOND, expires / 2);
    long most = random.nextInt(4) == 0 ? random.nextInt(2000) : Long.MAX_VALUE;
    return new PullLimits(messages, bytes, messages / 2, expires, heartbeat, most);
  }

  @Test
  void theWindowIsNeverExceededAndItNeverStandsStill() {
    Seeds.forEach(100_000, PullStateTest::survive);
  }

  private static void survive(long seed, RandomGenerator random) {
    PullLimits limits = randomLimits(random);
    World world = new World(random, limits);
    try {
      int steps = 20 + random.nextInt(200);
      for (int i = 0; i < steps && world.closed == null; i++) {
        step(world);
        world.check();
      }
      recover(world);
    } catch (AssertionError e) {
      throw new AssertionError(limits + "\n" + String.join("\n", world.log), e);
    }
  }

  private static void step(World world) {
    RandomGenerator random = world.random;
    List<World.Pull> all = world.atServer;
    World.Pull pull = all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    switch (random.nextInt(20)) {
      case 0, 1 -> world.state.connected(world.now);
      case 2 -> {
        world.state.disconnected();
        world.atServer.clear();
      }
      case 3, 4, 5, 6 -> {
        for (int burst = random.nextInt(100); burst > 0 && !world.live().isEmpty(); burst--) {
          List<World.Pull> live = world.live();
          world.deliver(live.get(burst % live.size()), world.randomSize());
          world.check();
        }
      }
      case 7, 8, 9 -> world.release(random.nextInt(2 + world.buffered.size()));
      case 10 -> world.advance(random.nextLong(SECOND / 10));
      case 11 -> world.advance(random.nextLong(20 * SECOND));
      case 12 -> {
        if (pull != null) {
          pull.dead = true; // lost, without a word
        }
      }
      case 13 -> {
        for (World.Pull each : List.copyOf(all)) {
          if (each.expiresAt - world.now <= 0) {
            world.end(each, 408, "Request Timeout", true);
          }
        }
      }
      case 14 -> world.state.status(world.now, random.nextInt(5), 100, "Idle Heartbeat", -1, -1);
      case 15 -> {
        if (pull != null) {
          randomStatus(world, pull);
        }
      }
      case 16 -> {
        for (World.Pull each : world.live()) {
          world.end(each, 409, "Leadership Change", false);
        }
      }
      case 17 -> {
        boolean late = pull != null && pull.epoch != world.epoch && pull.messages > 0;
        if (pull != null && late && pull.expiresAt - world.now > 0) {
          world.deliver(pull, 1 + random.nextInt(100));
        }
      }
      case 18 -> {
        if (world.lookUpOpen) {
          world.lookUpOpen = false;
          world.state.lookedUp(random.nextInt(10) == 0 ? new Closed.ConsumerDeleted() : null);
        }
      }
      case 19 -> {
        if (world.mostMessages < Long.MAX_VALUE / 2) {
          long more = 1 + random.nextInt(100);
          world.mostMessages += more;
          world.state.demand(world.now, more);
        }
        if (world.renewing && random.nextInt(4) == 0) {
          world.renewing = false;
          world.state.renewed(world.now);
        }
        if (random.nextInt(20) == 0 && pull != null && pull.epoch == world.epoch) {
          world.state.status(world.now, pull.number, 409, "Consumer Deleted", -1, -1);
        }
        if (random.nextInt(50) == 0 && pull != null && pull.epoch == world.epoch) {
          world.end(pull, random.nextBoolean() ? 400 : 412, "Bad Request", false);
        }
      }
      default -> throw new AssertionError();
    }
  }

  private static void randomStatus(World world, World.Pull pull) {
    switch (world.random.nextInt(8)) {
      case 0 -> world.end(pull, 408, "Interest Expired", true);
      case 1 -> world.end(pull, 409, "Server Shutdown", true);
      case 2 -> world.end(pull, 409, "Message Size Exceeds MaxBytes", true);
      case 3 -> refuse(world, pull, 409, "Exceeded MaxWaiting");
      case 4 -> refuse(world, pull, 503, "");
      case 5 -> refuse(world, pull, 423, "Nats-Pin-Id mismatch");
      case 6 -> refuse(world, pull, 409, "Exceeded MaxRequestExpires of 700ms");
      default ->
          refuse(
              world, pull, 409, "Exceeded MaxRequestBatch of " + (1 + world.random.nextInt(600)));
    }
  }

  /** A refusal comes before anything was delivered for the pull. */
  private static void refuse(World world, World.Pull pull, int code, String text) {
    World.Pull fresh = world.live().stream().reduce((one, other) -> other).orElse(pull);
    boolean untouched = fresh.messages == asked(world, fresh);
    if (untouched) {
      world.end(fresh, code, text, false);
    }
  }

  private static int asked(World world, World.Pull pull) {
    String line =
        world.log.stream()
            .filter(each -> each.contains(" pull " + pull.number + " for "))
            .reduce((one, other) -> other)
            .orElseThrow();
    return Integer.parseInt(line.replaceAll(".* for (\\d+) and .*", "$1"));
  }

  /**
   * From any state: once the world behaves, all that is published is delivered, or it has ended.
   */
  private static void recover(World world) {
    world.state.connected(world.now);
    for (int i = 0; i < 200 && world.closed == null; i++) {
      world.release(Integer.MAX_VALUE);
      world.advance(SECOND);
      if (world.renewing) {
        world.renewing = false;
        world.state.renewed(world.now);
      }
      for (World.Pull each : List.copyOf(world.atServer)) {
        if (each.expiresAt - world.now <= 0) {
          world.end(each, 408, "Request Timeout", true);
        }
      }
      world.atServer.removeIf(each -> each.dead || each.epoch != world.epoch);
      if (world.lookUpOpen) {
        world.lookUpOpen = false;
        world.state.lookedUp(null);
      }
      world.check();
      boolean allDelivered = world.state.delivered() >= world.mostMessages;
      if (!world.live().isEmpty() || allDelivered) {
        break;
      }
    }
    if (world.closed == null && world.state.delivered() < world.mostMessages) {
      assertThat(world.live()).as("a live pull").isNotEmpty();
      long before = world.state.delivered();
      world.deliver(world.live().get(0), 1);
      assertThat(world.state.delivered()).isEqualTo(before + 1);
    }
  }
}
