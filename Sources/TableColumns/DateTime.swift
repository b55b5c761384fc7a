/// A day and a time as written, without leap seconds.
package struct DateTime: Sendable, Equatable {
  package let year: Int
  package let month: Int
  package let day: Int
  /// 0 where only the day is written.
  package let secondOfDay: Double
  /// How far the written time is ahead of UTC, in seconds; 0 where it is not written.
  package let offset: Double

  /// Days since 1970-01-01 in the Gregorian calendar.
  ///
  /// Reference: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`, 2021.
  package var dayNumber: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// 1 for Monday to 7 for Sunday (ISO 8601).
  package var weekday: Int { (dayNumber % 7 + 10) % 7 + 1 }

  /// Seconds since the beginning of 1970 in UTC.
  package var seconds: Double { Double(dayNumber) * 86_400 + secondOfDay - offset }
}

/// What the first of two small numbers is in dates such as 03/04/2020.
package enum DateOrder: String, Sendable, Equatable {
  case dayFirst = "day-first"
  case monthFirst = "month-first"
}

extension DateTime {
  /// Reads a date, or a date and a time.
  ///
  /// Dates are `2020-04-03`, `2020/04/03` or `20200403` (ISO 8601), or three numbers of which the
  /// last one is a year of four digits: `3.4.2020`, `03/04/2020`, `03-04-2020`. A time follows
  /// after `T` or a space: `14:05`, `14:05:30`, `14:05:30.25`, and then perhaps `Z` or `+02:00`.
  ///
  /// - Returns: Nil if the text is something else, or no day of the calendar.
  package init?(_ text: ArraySlice<UInt8>, order: DateOrder) {
    var reader = DigitReader(rest: text)
    guard let first = reader.number(), let parts = reader.dateParts(after: first, order) else {
      return nil
    }
    (year, month, day) = parts
    guard (1...12).contains(month), day >= 1, day <= daysInMonth(year, month) else { return nil }
    if reader.take("T") || reader.take(" ") {
      guard let time = reader.time(), let zone = reader.zone() else { return nil }
      (secondOfDay, offset) = (time, zone)
    } else {
      (secondOfDay, offset) = (0, 0)
    }
    guard reader.rest.isEmpty else { return nil }
  }
}

private func daysInMonth(_ year: Int, _ month: Int) -> Int {
  switch month {
  case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}

/// Takes numbers and signs from the beginning of a text.
private struct DigitReader {
  typealias Number = (value: Int, digits: Int)

  var rest: ArraySlice<UInt8>

  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: byte) else { return false }
    rest.removeFirst()
    return true
  }

  /// A number of up to nine digits.
  mutating func number() -> Number? {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty, digits.count < 10 else { return nil }
    rest.removeFirst(digits.count)
    return (digits.reduce(0) { $0 * 10 + Int($1) - 48 }, digits.count)
  }

  mutating func dateParts(
    after first: Number, _ order: DateOrder
  ) -> (year: Int, month: Int, day: Int)? {
    if first.digits == 8 {
      return (first.value / 10_000, first.value / 100 % 100, first.value % 100)
    }
    for separator: Unicode.Scalar in ["-", "/", "."] where take(separator) {
      guard let second = number(), take(separator), let third = number(), second.digits <= 2 else {
        return nil
      }
      if first.digits == 4, third.digits <= 2, separator != "." {
        return (first.value, second.value, third.value)
      }
      guard first.digits <= 2, third.digits == 4 else { return nil }
      return order == .dayFirst
        ? (third.value, second.value, first.value) : (third.value, first.value, second.value)
    }
    return nil
  }

  mutating func time() -> Double? {
    guard let hour = number(), hour.value < 24, take(":"), let minute = number(),
      minute.digits == 2,
      minute.value < 60
    else { return nil }
    var seconds = Double(hour.value * 3_600 + minute.value * 60)
    guard take(":") else { return seconds }
    guard let second = number(), second.digits == 2, second.value < 60 else { return nil }
    seconds += Double(second.value)
    guard take(".") else { return seconds }
    guard let fraction = number() else { return nil }
    // Powers of ten up to 10⁹ are exact.
    let unit = (0..<fraction.digits).reduce(1.0) { power, _ in power * 10 }
    return seconds + Double(fraction.value) / unit
  }

  /// The offset from UTC in seconds; 0 where none is written, nil where it is malformed.
  mutating func zone() -> Double? {
    if rest.isEmpty || take("Z") { return 0 }
    let sign = take("-") ? -1.0 : 1.0
    guard sign < 0 || take("+"), let hours = number(), hours.digits == 2 || hours.digits == 4 else {
      return nil
    }
    guard hours.digits == 2 else {
      return sign * Double(hours.value / 100 * 3_600 + hours.value % 100 * 60)
    }
    guard take(":") else { return sign * Double(hours.value * 3_600) }
    guard let minutes = number(), minutes.digits == 2 else { return nil }
    return sign * Double(hours.value * 3_600 + minutes.value * 60)
  }
}
