// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.Seeds;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LastPerSubjectTest {
  private static final int SEEDS = 200;

  @Test
  void aListIsReadAsItWasWrittenWhereverItIs() {
    Seeds.forEach(
        SEEDS,
        (seed, random) -> {
          long[] seqs = ascending(random);
          SequencePacking packing = new SequencePacking(seqs);
          while (!packing.step(1 + random.nextInt(20))) {
            // a part of them
          }
          LastPerSubject list = new LastPerSubject(seqs, packing.bytes(), Long.MAX_VALUE);
          for (int taken = random.nextInt(seqs.length + 1); taken > 0; taken--) {
            list.taken();
          }
          OutputBuffer out = new OutputBuffer(16).put(1);
          LastPerSubject.write(out, list);
          LastPerSubject.write(out, null);
          RecordReader in = new RecordReader(out.array(), 1, out.length());
          LastPerSubject read = Objects.requireNonNull(LastPerSubject.read(in));
          assertThat(read.resumeSeq()).isEqualTo(Long.MAX_VALUE);
          assertThat(read.remaining()).isEqualTo(list.remaining());
          for (int i = 0; i < list.remaining(); i++) {
            assertThat(read.seq(i)).isEqualTo(list.seq(i));
          }
          assertThat(LastPerSubject.read(in)).isNull();
          assertThat(in.hasMore()).isFalse();
        });
  }

  private static long[] ascending(RandomGenerator random) {
    long[] seqs = new long[random.nextInt(100)];
    long seq = 0;
    for (int i = 0; i < seqs.length; i++) {
      seq += 1 + random.nextLong(1L << random.nextInt(1, 56));
      seqs[i] = seq;
    }
    return seqs;
  }
}
