/// The texts of cells that say that there is no value; a category is none of them.
package let missingTexts = ["", "NA", "N/A", "NaN", "nan", "?", "null", "NULL", "None"]
