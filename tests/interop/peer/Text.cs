// Values on their way between Python and .NET: every number, flag and time is text.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml;

public static class Text
{
    /// <summary>A value with texts for its scalars, and dictionaries for its structures.</summary>
    public static object Of(object value)
    {
        if (value == null || value is string) return value;
        if (value is bool) return XmlConvert.ToString((bool)value);
        if (value is decimal) return XmlConvert.ToString((decimal)value);
        if (value is DateTime) return XmlConvert.ToString((DateTime)value, XmlDateTimeSerializationMode.RoundtripKind);
        if (value is IConvertible) return Convert.ToInt64(value).ToString();
        if (value is IDictionary<string, object>)
            return ((IDictionary<string, object>)value).ToDictionary(each => each.Key, each => Of(each.Value));
        if (value is IEnumerable) return ((IEnumerable)value).Cast<object>().Select(Of).ToList();
        var type = value.GetType();
        return type.GetProperties().ToDictionary(each => each.Name, each => Of(each.GetValue(value)))
            .Concat(type.GetFields().ToDictionary(each => each.Name, each => Of(each.GetValue(value))))
            .ToDictionary(each => each.Key, each => each.Value);
    }

    /// <summary>The value of a type that such texts stand for.</summary>
    public static object ToNet(Type type, object value)
    {
        if (value == null) return type.IsValueType ? Activator.CreateInstance(type) : null;
        var text = value as string;
        if (text != null)
            return type == typeof(DateTime)
                ? XmlConvert.ToDateTime(text, XmlDateTimeSerializationMode.RoundtripKind)
                : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
        if (type.IsArray)
        {
            var items = ((IEnumerable)value).Cast<object>().ToList();
            var array = Array.CreateInstance(type.GetElementType(), items.Count);
            for (var place = 0; place < items.Count; place++)
                array.SetValue(ToNet(type.GetElementType(), items[place]), place);
            return array;
        }
        var made = Activator.CreateInstance(type);
        foreach (var pair in (IDictionary<string, object>)value)
        {
            var field = type.GetField(pair.Key);
            var property = type.GetProperty(pair.Key);
            if (field != null) field.SetValue(made, ToNet(field.FieldType, pair.Value));
            else if (property != null) property.SetValue(made, ToNet(property.PropertyType, pair.Value));
            else throw new Exception(type.Name + " has no " + pair.Key);
        }
        return made;
    }
}
