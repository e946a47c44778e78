//! What every service of an AWS-compatible endpoint needs.
