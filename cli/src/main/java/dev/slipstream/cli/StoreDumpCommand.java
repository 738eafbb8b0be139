// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.base.Clock;
import dev.slipstream.base.Disk;
import dev.slipstream.engine.RecordNames;
import dev.slipstream.store.DumpedRecord;
import dev.slipstream.store.StoreDamage;
import dev.slipstream.store.StoreDump;
import dev.slipstream.store.StoreNames;
import dev.slipstream.store.StoredMessage;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipstream store dump}: prints the records of a data directory for people. */
@Command(
    name = "dump",
    description = {
      "Print the records of a data directory, one line each, and change nothing in it.",
      "Bytes that are no printable ASCII are shown as \\xHH."
    },
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {
      "0:printed",
      "1:printed as far as it can be read; lines that begin with ! say what is damaged",
      "2:not looked at: a server runs on it, or it is no data directory of this version"
    })
final class StoreDumpCommand implements Callable<Integer> {
  private static final String ROW = "%12s %4s %-17s %-16s %9s %-30s %8s %8s  %s";
  private static final int HEX_DIGIT_BITS = 4;
  private static final int ASK_MASK = 0xff;

  /** Which records. */
  private static final class Which {
    @Option(names = "--log", description = "The records of the log; so without either option.")
    private boolean log;

    @Option(
        names = "--stream",
        paramLabel = "ID",
        description =
            "What there is of a stream: messages in segment files, then what the log has behind"
                + " them. ID is its number, its name, or ACCOUNT/NAME.")
    private @Nullable String stream;
  }

  private final Invocation invocation;
  private final StoreNames names = new RecordNames();
  private boolean damaged;
  private long left;

  @Mixin private final StoreDirectory directory = new StoreDirectory();

  @ArgGroup private Which which = new Which();

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "Begin at this position of the log, or with --stream at this sequence.")
  private long from;

  @Option(names = "--limit", paramLabel = "N", description = "Print at most so many records.")
  private long limit = Long.MAX_VALUE;

  @Option(names = "--payload", description = "Print headers and payloads too.")
  private boolean payload;

  @Mixin private final HelpOption help = new HelpOption();

  StoreDumpCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    left = limit;
    try (StoreDump dump = StoreDump.open(Disk.system(), directory.path(), names)) {
      String stream = which.stream;
      long assetId = stream == null ? 0 : dump.find(stream);
      row("position", "gen", "type", "stream", "sequence", "time", "headers", "payload", "subject");
      if (left <= 0) {
        return 0;
      }
      if (stream == null) {
        dump.log(from, new Printer());
      } else {
        dump.stream(assetId, from, new Printer());
      }
      return damaged ? 1 : 0;
    } catch (IOException refused) {
      return StoreCommand.refuse(invocation, directory.path(), refused);
    }
  }

  private void row(Object... cells) {
    invocation.out().println(String.format(ROW, cells).stripTrailing());
  }

  private final class Printer implements StoreDump.Sink {
    private String file = "";

    @Override
    public boolean record(DumpedRecord record) {
      if (!record.file().equals(file)) {
        file = record.file();
        invocation.out().println("# " + (file.isEmpty() ? "log" : file));
      }
      String stream =
          record.assetId() == StoreDamage.NO_ASSET
              ? "-"
              : StoreCommand.stream(names, record.assetId());
      String generation = record.generation() < 0 ? "-" : String.valueOf(record.generation());
      String type = record.removed() ? record.type() + " (removed)" : record.type();
      StoredMessage message = record.message();
      if (message != null) {
        message(record, message, generation, type, stream);
      } else {
        int size = record.to() - record.from();
        row(
            record.position(),
            generation,
            type,
            stream,
            "-",
            "-",
            "-",
            size,
            "-" + quoted("", record.bytes(), record.from(), record.to()));
      }
      // whoever reads, such as head, may have gone; to ask flushes, so not every time
      boolean ask = (--left & ASK_MASK) == 0;
      return left > 0 && !(ask && invocation.out().checkError());
    }

    private void message(
        DumpedRecord record, StoredMessage message, String generation, String type, String stream) {
      byte[] bytes = message.bytes;
      row(
          record.position(),
          generation,
          type,
          stream,
          message.seq,
          Clock.instant(message.epochNanos),
          message.payloadFrom - message.headersFrom,
          message.payloadTo - message.payloadFrom,
          escape(bytes, message.subjectFrom, message.subjectTo)
              + (message.hasHeaders()
                  ? quoted("headers ", bytes, message.headersFrom, message.payloadFrom)
                  : "")
              + quoted("", bytes, message.payloadFrom, message.payloadTo));
    }

    private String quoted(String what, byte[] bytes, int begin, int end) {
      return payload ? "  " + what + "\"" + escape(bytes, begin, end) + "\"" : "";
    }

    @Override
    public void damaged(StoreDamage damage) {
      damaged = true;
      invocation.out().println("! " + StoreCheckCommand.describe(damage, names));
    }
  }

  /** Bytes as printable ASCII. */
  static String escape(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      byte each = bytes[i];
      switch (each) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        default -> {
          if (each >= ' ' && each < 0x7f) {
            text.append((char) each);
          } else {
            text.append("\\x")
                .append(Character.forDigit((each >> HEX_DIGIT_BITS) & 0xf, 16))
                .append(Character.forDigit(each & 0xf, 16));
          }
        }
      }
    }
    return text.toString();
  }
}
