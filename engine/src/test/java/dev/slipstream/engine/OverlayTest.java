// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.MessageCodec;
import dev.slipstream.store.NewMessage;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import org.junit.jupiter.api.Test;

class OverlayTest {
  private final StreamStore store = Store.memoryStream();
  private final Overlay overlay = new Overlay(store);

  private void append(long seq, String subject) {
    byte[] bytes = Subject.bytes(subject);
    NewMessage message = new NewMessage();
    message.ttlSeconds(MessageCodec.NO_TTL);
    message.subject(bytes, 0, bytes.length);
    message.content(OutputBuffer.NO_BYTES, 0, 0, 0);
    store.append(new StoredMessage().set(seq, seq, message, new OutputBuffer(64)));
  }

  @Test
  void notesSubjectsUnderWayAndNoOthersThoughItIsNeverEmpty() {
    overlay.reset(OutputBuffer.NO_BYTES);
    assertThat(overlay.tryNoteSubjects()).isTrue();
    for (int seq = 1; seq <= 20_000; seq++) {
      assertThat(overlay.add("s." + seq, OutputBuffer.NO_BYTES, 1)).isEqualTo(seq);
      if (seq > 10) {
        append(seq - 10, "s." + (seq - 10));
        overlay.applied(1);
      }
      assertThat(overlay.notedSubjects()).isLessThan(1_100);
    }
    assertThat(overlay.lastOf("s.20000")).isEqualTo(20_000);
    assertThat(overlay.lastOf("s.19990")).isEqualTo(19_990);
    store.remove(19_990);
    assertThat(overlay.lastOf("s.19990")).isZero();
    assertThat(overlay.lastOf("s.>")).isEqualTo(20_000);
  }
}
