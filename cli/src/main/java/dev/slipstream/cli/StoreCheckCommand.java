// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.base.Clock;
import dev.slipstream.base.Disk;
import dev.slipstream.engine.RecordNames;
import dev.slipstream.store.StoreCheck;
import dev.slipstream.store.StoreDamage;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StoreNames;
import dev.slipstream.store.StoreReport;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code slipstream store check}: verifies every checksum of a data directory. */
@Command(
    name = "check",
    description = {
      "Verify every checksum of a data directory, and change nothing in it.",
      "Prints what was read, what is damaged and where, and a verdict. A write at the end of the"
          + " log that was cut off before anybody was told of it is no damage."
    },
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {
      "0:everything is what was written",
      "1:something is damaged",
      "2:not looked at: a server runs on it, or it is no data directory of this version"
    })
final class StoreCheckCommand implements Callable<Integer> {
  private static final int DAMAGED = 1;
  private static final String ROW = "%-32s %14s %16s %9s";

  private final Invocation invocation;

  @Mixin private final StoreDirectory directory = new StoreDirectory();

  @Mixin private final HelpOption help = new HelpOption();

  StoreCheckCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    StoreNames names = new RecordNames();
    StoreReport report;
    StoreProgress progress = new StoreProgress(invocation.err(), Clock.system());
    try {
      report = StoreCheck.run(Disk.system(), directory.path(), names, progress);
    } catch (StoreException refused) {
      return StoreCommand.refuse(invocation, directory.path(), refused);
    }
    print(report, names);
    return report.isSound() ? 0 : DAMAGED;
  }

  private void print(StoreReport report, StoreNames names) {
    PrintStream out = invocation.out();
    out.println(row("what", "records", "bytes", "damaged"));
    for (StoreReport.Part part : report.parts()) {
      boolean isFile = part.assetId() == StoreDamage.NO_ASSET;
      out.println(
          row(
              isFile ? part.file() : "stream " + StoreCommand.stream(names, part.assetId()),
              part.records(),
              part.bytes(),
              part.damaged()));
    }
    out.println();
    report.notes().forEach(note -> out.println("note: " + note));
    report.damages().forEach(damage -> out.println("damaged: " + describe(damage, names)));
    if (report.damagesLeftOff() > 0) {
      out.println("damaged: " + report.damagesLeftOff() + " more places");
    }
    out.println(verdict(report));
  }

  private static String row(Object what, Object records, Object bytes, Object damaged) {
    return String.format(ROW, what, records, bytes, damaged);
  }

  private static String verdict(StoreReport report) {
    long places = report.damages().size() + report.damagesLeftOff();
    return report.isSound()
        ? "The store is sound."
        : "The store is damaged in " + places + (places == 1 ? " place." : " places.");
  }

  /** What is damaged, whose it was, and where it lies, in one line. */
  static String describe(StoreDamage damage, StoreNames names) {
    List<String> words = new ArrayList<>();
    words.add(damage.what());
    if (damage.assetId() != StoreDamage.NO_ASSET) {
      String owner = StoreCommand.stream(names, damage.assetId());
      words.add(damage.assetId() == 0 ? owner : "stream " + owner); // 0 is the catalogue
    }
    if (damage.firstSeq() > 0) {
      words.add(
          damage.firstSeq() == damage.lastSeq()
              ? "sequence " + damage.firstSeq()
              : "sequences " + damage.firstSeq() + " to " + damage.lastSeq());
    }
    String bytes =
        damage.toByte() == 0 ? "" : ", bytes " + damage.fromByte() + " to " + damage.toByte();
    return damage.file() + bytes + ": " + String.join(", ", words);
  }
}
