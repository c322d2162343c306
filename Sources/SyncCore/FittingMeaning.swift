/// What it means that a value does not fit a Salesforce field, or that a lead lacks one (L2, L4, Q2).
package enum FittingMeaning {
  package static let tooLong = Meaning(
    "MAP-TOO-LONG", .refused,
    cause: "The value from Intercom is longer than the Salesforce field. It is never cut.",
    remedy: """
      Shorten the value in Intercom, lengthen the field in Salesforce, or map the attribute to a \
      longer field in [mapping].
      """)
  package static let notANumber = Meaning(
    "MAP-NOT-A-NUMBER", .refused,
    cause: "The Salesforce field holds numbers, and the value from Intercom is none.",
    remedy: """
      Correct the value in Intercom (digits and a point, no thousands separator or currency), or \
      map the attribute to a text field in [mapping].
      """)
  package static let numberRange = Meaning(
    "MAP-NUMBER-RANGE", .refused,
    cause: "The number from Intercom has more digits than the Salesforce field holds.",
    remedy: """
      Correct the value in Intercom, give the field more digits in Salesforce, or map the \
      attribute to another field in [mapping].
      """)
  package static let notAFlag = Meaning(
    "MAP-NOT-A-BOOLEAN", .refused,
    cause: "The Salesforce field is a checkbox, and the value from Intercom is neither yes nor no.",
    remedy: """
      Use a true/false attribute in Intercom, or map the attribute to a text field in [mapping].
      """)
  package static let notADate = Meaning(
    "MAP-NOT-A-DATE", .refused,
    cause: """
      The Salesforce field holds a date or time, and the value from Intercom is none, or lies \
      outside the years 1700 to 4000.
      """,
    remedy: """
      Use a date attribute in Intercom, or a text such as 2026-01-31 or 2026-01-31T10:00:00Z, or \
      map the attribute to a text field in [mapping].
      """)
  package static let notInPicklist = Meaning(
    "MAP-NOT-IN-PICKLIST", .refused,
    cause: "The value from Intercom is not among the active values of the Salesforce picklist.",
    remedy: """
      Add or activate the value in the field's picklist in Salesforce, correct it in Intercom, or \
      map the attribute to a text field in [mapping].
      """)
  package static let notAnEmail = Meaning(
    "MAP-NOT-AN-EMAIL", .refused,
    cause: "The Salesforce field holds an e-mail address, and the value from Intercom is none.",
    remedy: "Correct the value in Intercom, or map the attribute to a text field in [mapping].")
  package static let notAnID = Meaning(
    "MAP-NOT-AN-ID", .refused,
    cause: """
      The Salesforce field refers to another record, and the value from Intercom is no Salesforce \
      id of 15 or 18 letters and digits.
      """,
    remedy: """
      Store the record's Salesforce id in the attribute, or map the attribute to a text field in \
      [mapping].
      """)
  package static let required = Meaning(
    "MAP-REQUIRED", .refused,
    cause: "The value was cleared in Intercom, and the Salesforce field must not be empty.",
    remedy: """
      Give the attribute a value in Intercom, or make the field optional in Salesforce. Until then \
      Salesforce keeps what it has.
      """)
  package static let type = Meaning(
    "MAP-TYPE", .refused,
    cause: "Salesforce fields of this type cannot be filled from an Intercom attribute.",
    remedy: "Map the attribute to a field of another type in [mapping], or take it out there.")
  package static let noField = Meaning(
    "MAP-NO-FIELD", .refused,
    cause: """
      Lead has no such field in Salesforce, or the integration user may not see it. The other \
      fields are written all the same.
      """,
    remedy: """
      Correct the API name in [mapping], [leads.defaults] or leads.external_id_field, or give the \
      integration user access to the field (field-level security).
      """)
  package static let readOnly = Meaning(
    "MAP-READ-ONLY", .refused,
    cause: """
      The Salesforce field cannot be written: it is computed, or the integration user may only \
      read it. The other fields are written all the same.
      """,
    remedy: """
      Give the integration user edit access to the field (field-level security), or map the \
      attribute to another field in [mapping].
      """)
  package static let requiredField = Meaning(
    "LEAD-REQUIRED-FIELD", .refused,
    cause: "Salesforce requires a field of the lead for which there is no usable value.",
    remedy: """
      Map an attribute to the field in [mapping], set a constant for it in [leads.defaults], or \
      give it with 'sfsyncctl lead create WHO --field NAME=VALUE'.
      """)
  package static let givenValue = Meaning(
    "LEAD-GIVEN-VALUE", .refused,
    cause: "A value that was given by hand does not fit its Lead field, so nothing was created.",
    remedy: """
      Correct the value or the field's API name and ask again with 'sfsyncctl lead create'; or \
      dismiss this entry.
      """)
  package static let noEmail = Meaning(
    "LEAD-NO-EMAIL", .refused,
    cause: "The person has no e-mail address, and without one no lead is created.",
    remedy: """
      Add the e-mail address in Intercom, or give it with 'sfsyncctl lead create WHO --field \
      email=ADDRESS'.
      """)

  /// Every one, for the manual.
  package static let all = [
    tooLong, notANumber, numberRange, notAFlag, notADate, notInPicklist, notAnEmail, notAnID,
    required, type, noField, readOnly, requiredField, givenValue, noEmail,
  ]
}
