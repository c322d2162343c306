package import SyncCore

// Refusals of the token end point, and credentials that cannot be used.
extension SalesforceMeaning {
  package static let credentials = Meaning(
    "SF-CREDENTIALS", .broken, cause: "Salesforce does not accept the app's id and secret.",
    remedy: "Compare salesforce.client_id and the client secret with the External Client App.")
  package static let refreshToken = Meaning(
    "SF-REFRESH-TOKEN", .broken, cause: "The refresh token is expired, revoked or already used.",
    remedy: "Authorize the app again and store the new refresh token. If the app rotates refresh "
      + "tokens, no other program may use the same one.")
  package static let notApproved = Meaning(
    "SF-NOT-APPROVED", .broken, cause: "The user has not been approved for the app.",
    remedy: "In the app's policies choose 'Admin approved users are pre-authorized' and add the "
      + "user's profile or permission set.")
  package static let myDomain = Meaning(
    "SF-MY-DOMAIN", .broken, cause: "This flow works on the org's own My Domain host only.",
    remedy: "Set salesforce.login_url to https://YOURDOMAIN.my.salesforce.com.")
  package static let audience = Meaning(
    "SF-AUDIENCE", .broken, cause: "The audience of the JWT is not the one expected.",
    remedy: "Set salesforce.audience to https://login.salesforce.com, for a sandbox to "
      + "https://test.salesforce.com.")
  package static let clock = Meaning(
    "SF-JWT-EXPIRED", .broken, cause: "Salesforce considers the JWT expired.",
    remedy: "Correct this computer's clock (timedatectl shows whether it is synchronized).")
  package static let assertion = Meaning(
    "SF-JWT-KEY", .broken, cause: "The JWT's signature does not fit the app's certificate.",
    remedy: "Upload the certificate of this private key to the app, or store the right key.")
  package static let notInstalled = Meaning(
    "SF-APP-NOT-INSTALLED", .broken, cause: "The app is not installed in the org, or is blocked.",
    remedy: "Install or unblock the app in Setup, External Client Apps (or Connected Apps OAuth "
      + "Usage).")
  package static let flowOff = Meaning(
    "SF-FLOW-OFF", .broken, cause: "The app does not allow this OAuth flow.",
    remedy: "Enable the flow in the app's OAuth settings; for client credentials name a run-as "
      + "user as well.")
  package static let user = Meaning(
    "SF-USER", .broken, cause: "The integration user or the org is inactive, frozen or locked.",
    remedy: "Activate or unfreeze the user in Setup, Users.")
  package static let network = Meaning(
    "SF-IP-RANGE", .broken, cause: "Salesforce does not allow a login from this address.",
    remedy: "Add this computer's public address to the allowed ranges, or relax the app's IP "
      + "restrictions.")
  package static let loginRate = Meaning(
    "SF-LOGIN-RATE", .passing, cause: "The user has logged in too often within the hour.",
    remedy: "Nothing to do: it is tried again later. Find out what else logs in as this user.")
  package static let tokenRefused = Meaning(
    "SF-TOKEN-REFUSED", .broken, cause: "Salesforce gives sfsync no access token.",
    remedy: "Follow the message; the user's Login History in Setup tells more.")
  package static let tokenLost = Meaning(
    "SF-TOKEN-LOST", .passing,
    cause: "The answer to a token refresh was lost, and the refresh token may be spent with it.",
    remedy: "Nothing to do yet: the same token is tried once more after a pause. If the app "
      + "rotates refresh tokens and the first try got through, SF-REFRESH-TOKEN follows.")
  package static let tokenNotKept = Meaning(
    "SF-TOKEN-NOT-KEPT", .broken, cause: "A new refresh token could not be written to disk.",
    remedy: "Free space on or give write access to the state directory; then authorize the app "
      + "again if SF-REFRESH-TOKEN follows.")
  package static let secret = Meaning(
    "SF-SECRET", .broken, cause: "A credential file is missing or cannot be read.",
    remedy: "Put it into the credentials directory under its name, readable by the service only; "
      + "then restart sfsyncd.")
  package static let privateKey = Meaning(
    "SF-PRIVATE-KEY", .broken, cause: "The private key cannot be used for the JWT flow.",
    remedy: "Store an RSA private key in PEM form without a passphrase as salesforce-private-key.")
  package static let session = Meaning(
    "SF-SESSION", .broken, cause: "Salesforce refuses a session that it has only just given out.",
    remedy: "Look at the app's session and IP policies, and for another program that logs the "
      + "same user out.")
  package static let sessionUnfit = Meaning(
    "SF-SESSION-UNFIT", .broken, cause: "The session is not good for the REST API.",
    remedy: "Add the scope 'Manage user data via APIs (api)' to the app and API Enabled to the "
      + "user.")
  package static let authHeader = Meaning(
    "SF-AUTH-HEADER", .broken, cause: "Salesforce does not understand sfsync's sign-in header.",
    remedy: "Look for a proxy that changes headers; if there is none, report this as a defect.")
  package static let host = Meaning(
    "SF-HOST", .broken,
    cause: "Salesforce named a host that is neither the configured one nor one of its own.",
    remedy: "Set salesforce.login_url to the org's My Domain; if it is that, look for a proxy on "
      + "the way.")

  static let ofLogin = [
    credentials, refreshToken, notApproved, myDomain, audience, clock, assertion, notInstalled,
    flowOff, user, network, loginRate, tokenRefused, tokenLost, tokenNotKept, secret, privateKey,
    session, sessionUnfit, authHeader, host,
  ]

  /// The meaning of a token error: `{"error", "error_description"}`.
  static func ofToken(error: String, description: String) -> Meaning {
    let text = description.lowercased()
    for (words, meaning) in tokenTexts where words.contains(where: text.contains) { return meaning }
    switch error {
    case "invalid_client", "invalid_client_id", "invalid_client_credentials": return credentials
    case "unsupported_grant_type", "unauthorized_client", "invalid_scope": return flowOff
    case "inactive_user", "inactive_org": return user
    case "rate_limit_exceeded": return loginRate
    case "server_error", "temporarily_unavailable": return unavailable
    default: return byCode[error] ?? tokenRefused
    }
  }

  private static let tokenTexts: [([String], Meaning)] = [
    (["expired access/refresh token", "token validity expired", "inactive token"], refreshToken),
    (["hasn't approved", "not admin approved", "user is not authorized"], notApproved),
    (["not supported on this domain"], myDomain),
    (["audience"], audience),
    (["expired authorization code"], clock),
    (["invalid assertion"], assertion),
    (["must be installed", "app blocked", "app is not found", "app_not_found"], notInstalled),
    (["no client credentials user", "not enabled"], flowOff),
    (["ip restricted", "ip not allowed", "ip address"], network),
    (["login rate", "rate exceeded", "login_rate_exceeded"], loginRate),
    (["inactive user", "user is inactive", "inactive organization", "frozen"], user),
    (["invalid client", "client identifier", "authentication failure"], credentials),
  ]
}
