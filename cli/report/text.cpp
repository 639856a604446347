// Lays out findings for a terminal or a file. Every text that comes from a configuration goes
// through printable().
#include "cli/report/text.h"

#include <fmt/format.h>

#include "cli/report/excerpt.h"
#include "cli/report/paint.h"
#include "cli/report/report.h"
#include "lint/rule.h"

namespace poolproof::cli {
namespace {

std::string place_of(const SourceMap& sources, SourceSpan span) {
  const LineColumn at = sources.position(span);
  return fmt::format("{}:{}:{}", printable(sources[span.file].path()), at.line, at.column);
}

void append_excerpt(std::string& out, const SourceText& source, SourceSpan span, Colour colour,
                    const TextStyle& style) {
  const std::string number = std::to_string(source.line_number(span.begin));
  const unsigned gutter = static_cast<unsigned>(number.size()) + 5;
  const unsigned room = style.width > gutter ? style.width - gutter : 0;
  const Excerpt excerpt = excerpt_of(source, span, room);
  if (excerpt.line.empty()) return;
  out += fmt::format("  {} {}\n", paint(number + " |", Colour::kDim, style), excerpt.line);
  out +=
      fmt::format("  {} {}\n", paint(std::string(number.size(), ' ') + " |", Colour::kDim, style),
                  paint(excerpt.marker, colour, style));
}

std::string how_to_apply(const Diagnostic& finding) {
  const Fix& fix = *finding.fix;
  if (lint::is_fixed_only_if_named(finding.rule)) {
    return fmt::format(" (poolproof fix --unsafe --rule {})", finding.rule);
  }
  if (!fix.held_back.empty()) return fmt::format(" (only shown: {})", fix.held_back);
  switch (fix.applicability) {
    case Applicability::kSafe:
      return " (poolproof fix)";
    case Applicability::kUnsafe:
      return " (poolproof fix --unsafe)";
    case Applicability::kDisplayOnly:
      return "";
  }
  return "";
}

void append_notes(std::string& out, const Diagnostic& finding, const SourceMap& sources,
                  const TextStyle& style) {
  for (const Note& note : finding.notes) {
    const bool has_place = note.span.file != FileId::kNone;
    out += fmt::format("  {} {}{}\n", paint("note:", Colour::kNote, style),
                       has_place ? place_of(sources, note.span) + ": " : std::string(),
                       printable(note.message));
    if (has_place) append_excerpt(out, sources[note.span.file], note.span, Colour::kNote, style);
  }
}

}  // namespace

Colour colour_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return Colour::kError;
    case Severity::kWarning:
      return Colour::kWarning;
    case Severity::kInfo:
      return Colour::kInfo;
  }
  return Colour::kInfo;
}

std::string text_of(const Diagnostic& finding, const SourceMap& sources, const TextStyle& style) {
  const Colour colour = colour_of(finding.severity);
  const bool has_place = finding.span.file != FileId::kNone;
  const std::string place = has_place ? place_of(sources, finding.span) : "poolproof";
  std::string out = fmt::format(
      "{}: {} {} {}\n", paint(place, Colour::kBold, style),
      paint(fmt::format("{}:", to_string(finding.severity)), colour, style),
      printable(finding.message), paint(fmt::format("[{}]", finding.rule), Colour::kDim, style));
  if (has_place) append_excerpt(out, sources[finding.span.file], finding.span, colour, style);
  append_notes(out, finding, sources, style);
  if (finding.fix) {
    out += fmt::format("  {} {}{}\n", paint("fix:", Colour::kFix, style),
                       printable(finding.fix->title), how_to_apply(finding));
  }
  return out;
}

std::string text_of(std::span<const Diagnostic> findings, const SourceMap& sources,
                    const TextStyle& style) {
  std::string out;
  for (const Diagnostic& finding : findings) {
    if (!out.empty()) out += '\n';
    out += text_of(finding, sources, style);
  }
  return out;
}

void Counts::add(const Diagnostic& finding) {
  switch (finding.severity) {
    case Severity::kError:
      ++errors;
      break;
    case Severity::kWarning:
      ++warnings;
      break;
    case Severity::kInfo:
      ++infos;
      break;
  }
  if (!finding.fix || lint::is_fixed_only_if_named(finding.rule)) return;
  if (finding.fix->applicability == Applicability::kSafe) ++safe_fixes;
  if (finding.fix->applicability == Applicability::kUnsafe) ++unsafe_fixes;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string summary_of(const Counts& counts, std::size_t files) {
  if (counts.findings() == 0) return fmt::format("no findings in {}", counted(files, "file"));
  std::string out;
  const auto append = [&out](std::size_t count, std::string_view noun) {
    if (count != 0) out += (out.empty() ? "" : ", ") + counted(count, noun);
  };
  append(counts.errors, "error");
  append(counts.warnings, "warning");
  if (counts.infos != 0) out += fmt::format("{}{} info", out.empty() ? "" : ", ", counts.infos);
  out += fmt::format(" in {}", counted(files, "file"));
  if (counts.safe_fixes != 0) out += fmt::format("; `poolproof fix` repairs {}", counts.safe_fixes);
  if (counts.unsafe_fixes != 0) {
    out += counts.safe_fixes != 0 ? ", " : "; `poolproof fix --unsafe` repairs ";
    out += std::to_string(counts.unsafe_fixes);
    if (counts.safe_fixes != 0) out += " more with --unsafe";
  }
  return out;
}

std::string text_report(const LintReport& report, const TextStyle& style) {
  std::string out;
  for (const Reported& reported : report.findings) {
    if (!out.empty()) out += '\n';
    out += text_of(reported.finding, *reported.sources, style);
  }
  if (!style.summary) return out;
  if (!out.empty()) out += '\n';
  out += summary_of(report.counts, report.files.size());
  if (report.suppressed != 0) out += fmt::format("; {} silenced by comments", report.suppressed);
  if (report.in_baseline != 0) out += fmt::format("; {} in the baseline", report.in_baseline);
  if (report.stale_baseline != 0) {
    out += fmt::format("; {} of the baseline found no more (--write-baseline drops them)",
                       report.stale_baseline);
  }
  if (report.not_nginx != 0) {
    out += fmt::format("; left out {} of other programs", counted(report.not_nginx, "file"));
  }
  if (!report.outside.empty()) {
    const std::size_t more = report.outside.size() - 1;
    out += fmt::format("; read outside of what was named: {}{}", printable(report.outside.front()),
                       more == 0 ? "" : fmt::format(" and {}", counted(more, "more file")));
  }
  return out + "\n";
}

}  // namespace poolproof::cli
