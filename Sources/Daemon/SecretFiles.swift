import Salesforce

/// Gives the Salesforce client its secrets from the credentials directory, read when needed.
struct SecretFiles: SalesforceSecrets {
  let credentials: Credentials
  let rotated: RotatedToken
  let log: Log

  func clientSecret() throws -> String? {
    try credentials.secretIfPresent(.salesforceClientSecret)?.reveal()
  }

  func privateKeyPEM() throws -> String {
    try credentials.secret(.salesforcePrivateKey).reveal()
  }

  func refreshToken() throws -> String { try rotated.current().reveal() }

  func keep(refreshToken: String) throws {
    try rotated.store(Secret(refreshToken))
    log.event(.tokenRotated, "Kept the new refresh token that Salesforce gave.")
  }
}
