// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.subject.Subject;
import java.util.ArrayList;
import java.util.List;

/** The subjects under which a stream hears what is published. Owner: the stream's loop. */
final class StreamSubjects {
  private final Stream stream;
  private final List<MessageBus.Registration> heard = new ArrayList<>();

  StreamSubjects(Stream stream) {
    this.stream = stream;
  }

  /**
   * Hears these subjects, and no others once all of them are heard.
   *
   * @param inPlace called then
   */
  void hear(List<String> subjects, Runnable inPlace) {
    List<MessageBus.Registration> before = List.copyOf(heard);
    heard.clear();
    Runnable then =
        () -> {
          before.forEach(MessageBus.Registration::cancel);
          inPlace.run();
        };
    int[] missing = {subjects.size()};
    if (subjects.isEmpty()) {
      then.run();
    }
    for (String subject : subjects) {
      heard.add(
          stream
              .bus()
              .listen(
                  Subject.bytes(subject),
                  stream,
                  () -> {
                    if (--missing[0] == 0) {
                      then.run();
                    }
                  }));
    }
  }

  /** Hears nothing any more. */
  void fallSilent() {
    heard.forEach(MessageBus.Registration::cancel);
    heard.clear();
  }
}
