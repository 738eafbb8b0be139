// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectTrie;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which subjects are which stream's, so that whether a new stream's are already another's is asked
 * of those alone that come into question, however many streams there are.
 *
 * <p>An account is looked at when it is asked for first, since its streams may change before that
 * without a word; from then on they come, change and go here. Owner: the catalogue's loop.
 */
final class SubjectClaims {
  private final Map<JetStreamAccount, SubjectTrie<Stream>> byAccount = new HashMap<>();

  /** Whether some subject is already that of a stream of another name. */
  boolean isTaken(JetStreamAccount account, String name, List<String> subjects) {
    SubjectTrie<Stream> claims = byAccount.computeIfAbsent(account, SubjectClaims::claims);
    for (String subject : subjects) {
      if (claims.anyOverlap(Subject.bytes(subject), other -> !other.name.equals(name))) {
        return true;
      }
    }
    return false;
  }

  private static SubjectTrie<Stream> claims(JetStreamAccount account) {
    SubjectTrie<Stream> claims = new SubjectTrie<>();
    account.claimed().forEach(stream -> add(claims, stream));
    return claims;
  }

  private static void add(SubjectTrie<Stream> claims, Stream stream) {
    stream.config().subjects().forEach(subject -> claims.add(Subject.bytes(subject), stream));
  }

  /** A stream has its subjects from now on. */
  void add(Stream stream) {
    SubjectTrie<Stream> claims = byAccount.get(stream.account);
    if (claims != null) {
      add(claims, stream);
    }
  }

  /** A stream no longer has these subjects. */
  void remove(Stream stream, List<String> subjects) {
    SubjectTrie<Stream> claims = byAccount.get(stream.account);
    if (claims != null) {
      subjects.forEach(subject -> claims.remove(Subject.bytes(subject), stream));
    }
  }
}
