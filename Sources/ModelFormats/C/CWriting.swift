/// The texts of both files.
struct CWriting {
  /// What the files are called.
  let name: String
  /// What functions begin with.
  let prefix: String
  let classes: [String]
  let columns: CColumns
  let storage: CStorage
  let statements: CStatements
  let scores: Int
  let probabilities: Int

  private var capitals: String { prefix.uppercased() }
}

// MARK: The header

extension CWriting {
  var header: String {
    let members = columns.members.map { member in
      (member.isText ? "  const char *" : "  \(prefix)_number ") + member.identifier + "; /* "
        + CText.comment(member.name) + known(member) + " */\n"
    }
    return """
      /* A classifier that automl wrote, in C99, without dependencies but libm.
       *
       *   static \(prefix)_work work;
       *   \(prefix)_row row;
       *   row.\(columns.members.first?.identifier ?? "column") = ...;
       *   int predicted = \(prefix)_predict(&row, &work, NULL, NULL);
       *   if (predicted >= 0) puts(\(prefix)_classes[predicted]);
       */
      #ifndef \(capitals)_H
      #define \(capitals)_H

      #ifdef __cplusplus
      extern "C" {
      #endif

      #define \(capitals)_CLASS_COUNT \(classes.count)
      #define \(capitals)_COLUMN_COUNT \(columns.members.count)

      /* What \(prefix)_predict answers for a row that the model refuses. */
      #define \(capitals)_REFUSED (-1)

      /* The type of the table's numbers: float will do where they have no more than 7 digits. */
      typedef double \(prefix)_number;

      /* A row of the table: NAN is a missing number, NULL a missing text; texts are UTF-8, compared by bytes. */
      typedef struct {
      \(members.joined())} \(prefix)_row;

      /* What a prediction works in, of any content: one for each thread, \(byteCount) bytes. */
      typedef struct {
        double numbers[\(max(1, storage.doubleCount))];
        float values[\(max(1, storage.floatCount))];
      } \(prefix)_work;

      /* The classes in the order of scores and probabilities, and the columns in the order of the row. */
      extern const char *const \(prefix)_classes[\(capitals)_CLASS_COUNT];
      extern const char *const \(prefix)_columns[\(capitals)_COLUMN_COUNT];

      /* The place of the predicted class, or \(capitals)_REFUSED.
       *
       * Scores and probabilities are written to arrays of \(capitals)_CLASS_COUNT where they are not NULL, and
       * only if the row is not refused: for a value that is missing, beyond the range of float or of an unseen
       * category, where the model takes none. */
      int \(prefix)_predict(
          const \(prefix)_row *row, \(prefix)_work *work, float *scores, float *probabilities);

      #ifdef __cplusplus
      }
      #endif

      #endif

      """
  }

  private var byteCount: Int {
    8 * max(1, storage.doubleCount) + (4 * max(1, storage.floatCount) + 7) / 8 * 8
  }

  /// The first categories of a column, as a part of a comment.
  private func known(_ member: CColumns.Member) -> String {
    guard !member.known.isEmpty else { return "" }
    let shown = member.known.prefix(6).map(CText.comment).joined(separator: ", ")
    let more = member.known.count - 6
    return ": " + shown + (more > 0 ? " and \(more) more" : "")
  }
}

// MARK: The source

extension CWriting {
  var source: String {
    let body = statements.lines.joined(separator: "\n  ")
    let functions = CFunction.all.filter {
      statements.functions.contains($0) || $0 == .largest
    }
    var definitions: [String] = []
    let names =
      array("classes", classes, &definitions)
      + array("columns", columns.members.map(\.name), &definitions)
    return """
      /* Written by automl; see \(name).h. */
      #include "\(name).h"

      #include <math.h>
      #include <stddef.h>
      #include <stdint.h>
      #include <string.h>

      /* Equal distances are found equal only where a product and a sum are rounded one after the other. */
      #if defined(__clang__)
      #pragma STDC FP_CONTRACT OFF
      #elif defined(__GNUC__)
      #pragma GCC optimize("fp-contract=off")
      #endif

      #define REFUSED (-1)
      #define MISSING (-2)
      #define ZEROS (-3)

      /* The least number that rounds to infinity. */
      #define BEYOND_FLOAT 3.4028235677973366e38

      \((definitions + [names]).joined(separator: "\n"))
      \(functions.map(\.text).joined(separator: "\n\n"))

      \(statements.tables.joined(separator: "\n"))
      int \(prefix)_predict(
          const \(prefix)_row *row, \(prefix)_work *work, float *scores, float *probabilities) {
        \(usesDoubles ? "double *u = work->numbers;\n  " : "")float *v = work->values;
      \(columns.members.isEmpty ? "  (void)row;\n" : "")  \(body)
        if (scores) memcpy(scores, \(place(scores)), sizeof(float) * \(classes.count));
        if (probabilities) memcpy(probabilities, \(place(probabilities)), sizeof(float) * \(classes.count));
        return place_of_largest(\(place(scores)), \(classes.count));
      }

      """
  }

  private var usesDoubles: Bool { storage.doubleCount > 0 }

  private func place(_ node: Int) -> String {
    let offset = storage.place(node)?.offset ?? 0
    return offset == 0 ? "v" : "v + \(offset)"
  }

  private func array(
    _ name: String, _ texts: [String], _ definitions: inout [String]
  ) -> String {
    let elements = texts.enumerated().map { place, text in
      "  " + CText.reference(text, "\(name)_\(place)", &definitions) + ",\n"
    }
    return "const char *const \(prefix)_\(name)[\(texts.count)] = {\n\(elements.joined())};\n"
  }
}
