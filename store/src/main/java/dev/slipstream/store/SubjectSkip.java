// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.subject.Subject;
import java.util.Arrays;

/**
 * Where, in the order of bytes, the next subject can lie that matches a filter, behind one that
 * does not.
 *
 * <p>Subjects that begin alike lie together. So behind a subject whose token is not the filter's
 * comes, with the tokens before it, either the filter's token or nothing any more.
 */
final class SubjectSkip {
  private static final byte[] BEHIND_DOT = {'.' + 1};

  private final byte[] filter;
  private final int prefixLength;
  private byte[] target = new byte[64];
  private int targetLength;

  SubjectSkip(byte[] filter) {
    this.filter = filter;
    this.prefixLength = prefixLength(filter);
  }

  private static int prefixLength(byte[] filter) {
    for (int from = 0; from < filter.length; ) {
      int end = Subject.tokenEnd(filter, from, filter.length);
      if (isWildcard(filter, from, end)) {
        return from;
      }
      from = end + 1;
    }
    return filter.length;
  }

  private static boolean isWildcard(byte[] filter, int from, int end) {
    return end - from == 1 && (filter[from] == '*' || filter[from] == '>');
  }

  /** How many bytes of the filter all of its subjects begin with. */
  int prefixLength() {
    return prefixLength;
  }

  /** Whether whatever begins so, and is longer, matches: only a last {@code >} is left. */
  boolean takesAllThatBegin() {
    return filter.length == prefixLength + 1 && filter[prefixLength] == '>';
  }

  /**
   * Sets {@link #target} to bytes behind {@code subject} that no matching subject behind it is
   * before; false when only the next subject can tell.
   *
   * @param subject one that does not match and begins as all that match do
   */
  boolean behind(byte[] subject) {
    int from = prefixLength;
    for (int at = prefixLength; at < filter.length; ) {
      int filterEnd = Subject.tokenEnd(filter, at, filter.length);
      int end = Subject.tokenEnd(subject, from, subject.length);
      boolean more = filterEnd < filter.length;
      if (!isWildcard(filter, at, filterEnd)
          && !Arrays.equals(filter, at, filterEnd, subject, from, end)) {
        return aimAtToken(subject, from, at, more ? filterEnd + 1 : filterEnd);
      }
      if (!more) {
        aimBehind(subject, end); // it has more tokens than the filter
        return true;
      }
      if (end == subject.length) {
        return false; // it has fewer; what begins with the same bytes can be the next
      }
      from = end + 1;
      at = filterEnd + 1;
    }
    return false;
  }

  private boolean aimAtToken(byte[] subject, int from, int filterFrom, int filterEnd) {
    targetLength = 0;
    put(subject, 0, from);
    put(filter, filterFrom, filterEnd);
    if (Arrays.compareUnsigned(target, 0, targetLength, subject, 0, subject.length) < 0) {
      aimBehind(subject, from - 1);
    }
    return true;
  }

  /** Behind all that begins with the first {@code end} bytes of the subject and a dot. */
  private void aimBehind(byte[] subject, int end) {
    targetLength = 0;
    put(subject, 0, end);
    put(BEHIND_DOT, 0, 1);
  }

  private void put(byte[] bytes, int from, int to) {
    int length = to - from;
    if (targetLength + length > target.length) {
      target = Arrays.copyOf(target, Math.max(target.length * 2, targetLength + length));
    }
    System.arraycopy(bytes, from, target, targetLength, length);
    targetLength += length;
  }

  /** The bytes to go to, the first {@link #targetLength} of them; not to be changed. */
  byte[] target() {
    return target;
  }

  int targetLength() {
    return targetLength;
  }
}
