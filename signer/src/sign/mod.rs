//! Signing: the line of types *prepared → digested → signed*, and the recipe of the agency's documents.
