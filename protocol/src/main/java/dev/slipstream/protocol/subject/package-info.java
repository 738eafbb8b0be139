// SPDX-License-Identifier: Apache-2.0
/**
 * Subjects and filters: dot-separated tokens, where a filter may hold {@code *} (one token) and a
 * final {@code >} (one or more).
 *
 * <p>Entry type: {@link dev.slipstream.protocol.subject.Subject}. Reading order: {@code Subject},
 * {@code SubjectTrie}, {@code TokenTable}, {@code SubjectMapping}. A trie belongs to one thread.
 */
@NullMarked
package dev.slipstream.protocol.subject;

import org.jspecify.annotations.NullMarked;
